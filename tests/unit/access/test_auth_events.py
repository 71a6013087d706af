"""The fields that are read of an event of Firebase Auth, and the declaration of its trigger."""

from collections.abc import Callable
from typing import Any

import pytest
from cloudevents.http import CloudEvent

from stoker.access.auth_events import (
    CREATED,
    DELETED,
    AuthUserEvent,
    Handler,
    Trigger,
    event_of,
    user_created,
    user_deleted,
)


def raw(data: Any) -> CloudEvent:
    """An event as Eventarc sends it."""
    source = "//identitytoolkit.googleapis.com/projects/demo"
    return CloudEvent({"id": "e-1", "type": CREATED, "source": source, "subject": "users/ada"}, data)


@pytest.mark.parametrize(
    "data",
    [
        {"value": {"uid": "ada", "email": "ada@example.com"}},
        {"oldValue": {"uid": "ada"}},
        {"value": None, "oldValue": {"uid": "ada"}},
        {"uid": "ada"},
    ],
    ids=["created", "deleted", "with null", "without envelope"],
)
def test_the_user_is_found_in_the_envelope(data: Any) -> None:
    assert event_of(raw(data)) == AuthUserEvent("e-1", "ada")


@pytest.mark.parametrize(
    "data", [None, {}, "ada", b"", {"value": {}}, {"value": {"uid": 7}}, {"value": "ada"}], ids=repr
)
def test_an_event_that_names_no_user_is_an_error(data: Any) -> None:
    with pytest.raises(ValueError, match="The event e-1 names no user"):
        event_of(raw(data))


@pytest.mark.parametrize(("decorator", "kind"), [(user_created, CREATED), (user_deleted, DELETED)])
def test_the_trigger_is_global_and_the_function_is_not(
    decorator: Callable[..., Callable[[Handler], Trigger]], kind: str
) -> None:
    heard: list[AuthUserEvent] = []

    @decorator(region="europe-west1", memory=512)
    def listen(event: AuthUserEvent) -> None:
        heard.append(event)

    listen(raw({"value": {"uid": "ada"}}))
    assert heard == [AuthUserEvent("e-1", "ada")]
    endpoint = vars(listen)["__firebase_endpoint__"]
    assert (endpoint.entryPoint, endpoint.region, endpoint.availableMemoryMb) == ("listen", ["europe-west1"], 512)
    assert endpoint.eventTrigger == {"eventType": kind, "eventFilters": {}, "retry": False, "region": "global"}
