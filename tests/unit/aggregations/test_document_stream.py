"""A stream yields each document once, although its pages break off. The network is replaced."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from google.api_core import exceptions

from stoker.aggregations import document_stream
from stoker.aggregations.document_stream import DocumentStream
from stoker.aggregations.field_values import Field
from stoker.firestore import raw
from stoker.firestore.client import client
from stoker.firestore.deadline import deadline
from stoker.firestore.messages import EPOCH, message
from stoker.firestore.selection import Selection
from stoker.firestore.stream_breaks import TRIES
from unit.firestore.breaking_notes import Notes, forever
from unit.firestore.clocks import StillHost


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")
    monkeypatch.setenv("GCLOUD_PROJECT", "demo-stream")
    monkeypatch.setattr(document_stream, "PAGE", 10)
    client.cache_clear()
    yield
    client.cache_clear()


def stream(notes: Notes, monkeypatch: pytest.MonkeyPatch) -> DocumentStream:
    monkeypatch.setattr(raw, "run_message", notes.run)
    selection = Selection("notes", (), (("rank", "ASCENDING"),))
    return DocumentStream(
        selection, [Field.of("views")], message(EPOCH + timedelta(seconds=5)).timestamp_value, StillHost()
    )


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 35])
@pytest.mark.parametrize("breaks", [(), (0,), (3, 0, 0, 0, 0, 7), (9, 1), (10,)])
def test_each_document_comes_once(count: int, breaks: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    notes = Notes(count, forever(*breaks))
    found = stream(notes, monkeypatch)
    assert [one.name for one in found] == [one.name for one in notes.documents]
    assert found.documents == count
    assert {time.seconds for time in notes.times} == {5}


def test_only_needed_fields_are_read_and_the_cursor_has_every_field_of_the_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notes = Notes(12, forever())
    list(stream(notes, monkeypatch))
    first, second = notes.queries
    assert [one.field_path for one in first.select.fields] == ["views", "rank"]
    assert [one.field.field_path for one in first.order_by] == ["rank", "__name__"]
    assert [one.WhichOneof("value_type") for one in second.start_at.values] == ["integer_value", "reference_value"]
    assert not second.start_at.before


def test_an_error_that_stays_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    notes = Notes(30, forever(3, *[0] * TRIES))
    with pytest.raises(exceptions.ServiceUnavailable):
        list(stream(notes, monkeypatch))
    assert len(notes.queries) == 1 + TRIES


def test_nothing_is_tried_again_behind_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    notes, host = Notes(30, forever(3, 0)), StillHost()
    with deadline(0, host), pytest.raises(exceptions.ServiceUnavailable):
        list(stream(notes, monkeypatch))
    assert len(notes.queries) == 1


def test_a_wrong_query_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: Any) -> Iterator[Any]:
        raise exceptions.FailedPrecondition("The query requires an index.")
        yield

    found = stream(Notes(1, forever()), monkeypatch)
    monkeypatch.setattr(raw, "run_message", run)
    with pytest.raises(exceptions.FailedPrecondition):
        list(found)


def test_the_whole_documents_are_read_again_if_their_answer_breaks_off(monkeypatch: pytest.MonkeyPatch) -> None:
    notes = Notes(9, forever())
    found = stream(notes, monkeypatch)
    names = [one.name for one in found][::-1]
    breaks = iter([4, 0])

    def get_all(wanted: list[str], read_time: Any) -> Iterator[Any]:
        until = next(breaks, None)
        for number, one in enumerate(notes.documents):
            if number == until:
                raise exceptions.ServiceUnavailable("Gone.")
            yield one

    monkeypatch.setattr(raw, "get_all", get_all)
    assert [one.name for one in found.whole(names)] == names
    assert found.reads == 9 + 1 + 9
