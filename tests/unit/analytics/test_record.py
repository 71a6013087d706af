"""Events that functions record: no client can record one, or take the id of one before."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from stoker.analytics.record import record_event
from stoker.models.analytics import SERVER_EVENTS, SERVER_ID, AnalyticsEvent, CountedEvent, ServerEvent
from stoker.models.document import Model
from stoker.models.problems import problems

NOW = datetime(2027, 1, 1, tzinfo=UTC)


def event(**fields: Any) -> dict[str, Any]:
    least = {"id": "a", "userId": "ada", "name": "video.played", "occurredAt": NOW, "createdAt": NOW, "rolledUp": False}
    return {**least, **fields}


def refused(model: type[Model], fields: dict[str, Any]) -> list[str]:
    """The fields for which a model refuses a document."""
    try:
        model.from_firestore(fields)
    except ValidationError as error:
        return [problem.partition(":")[0] for problem in problems(error, fields)]
    return []


@pytest.mark.parametrize("name", SERVER_EVENTS)
def test_a_client_can_not_record_an_event_of_the_server(name: str) -> None:
    assert refused(AnalyticsEvent, event(name=name)) == ["name"]
    assert refused(AnalyticsEvent, event(name=f"{name}d")) == []
    assert refused(AnalyticsEvent, event(name=f"my.{name}")) == []


@pytest.mark.parametrize("change", [str.upper, lambda name: f" {name}", lambda name: f"{name}\n"])
@pytest.mark.parametrize("name", SERVER_EVENTS)
def test_a_client_can_not_record_one_that_only_looks_like_it(name: str, change: Callable[[str], str]) -> None:
    assert refused(AnalyticsEvent, event(name=change(name))) == ["name"]


@pytest.mark.parametrize("event_id", [SERVER_ID + "a" * 32, SERVER_ID, "server.ABC-_9"])
def test_a_client_can_not_take_the_id_of_an_event_of_the_server(event_id: str) -> None:
    assert refused(AnalyticsEvent, event(id=event_id)) == ["id"]


def test_an_event_of_the_server_has_an_id_and_a_name_that_no_client_may_use() -> None:
    assert refused(ServerEvent, event()) == ["id", "name"]
    assert refused(ServerEvent, event(id=f"{SERVER_ID}a", name="task.completed")) == []


def test_recording_a_name_which_clients_may_use_raises_an_error_that_says_what_to_do() -> None:
    with pytest.raises(ValidationError, match=r"add the name to SERVER_EVENTS in functions/stoker/models/analytics.py"):
        record_event("video.played", "ada", id="1")


@pytest.mark.parametrize("name", ["task.completed", "video.played"])
def test_an_event_is_counted_whatever_its_id_is(name: str) -> None:
    counted = {"userId": "ada", "name": name, "occurredAt": NOW, "createdAt": NOW}
    assert refused(CountedEvent, counted) == []
