"""A page is whole, although its answer breaks off. The network is replaced."""

from collections.abc import Iterator

import pytest
from google.api_core import exceptions

from stoker import PaginatedQuery
from stoker.firestore import raw
from stoker.firestore.client import client
from stoker.firestore.deadline import deadline
from stoker.firestore.selection import Selection
from stoker.firestore.stream_breaks import TRIES
from stoker.pages.reading import read
from stoker.queries.query import DeclaredQuery, ascending
from unit.firestore.breaking_notes import Notes, forever
from unit.firestore.clocks import StillHost

BY_RANK = DeclaredQuery(lambda: ("notes",), order=[ascending("rank")])


@pytest.fixture(autouse=True)
def _no_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")
    monkeypatch.setenv("GCLOUD_PROJECT", "demo-reading")
    client.cache_clear()
    yield
    client.cache_clear()


def notes(count: int, monkeypatch: pytest.MonkeyPatch, *breaks: int) -> Notes:
    made = Notes(count, forever(*breaks))
    monkeypatch.setattr(raw, "run_message", made.run)
    return made


def test_a_walk_goes_on_although_a_read_breaks_off(monkeypatch: pytest.MonkeyPatch) -> None:
    made = notes(400, monkeypatch, 300, 20)
    found = [one["id"] for one in PaginatedQuery(BY_RANK, filters={})]
    assert found == [one.name.split("/")[-1] for one in made.documents]


def test_a_page_is_of_one_time_although_its_read_breaks_off(monkeypatch: pytest.MonkeyPatch) -> None:
    made, host = notes(10, monkeypatch, 4, 0, 7), StillHost()
    found = read(Selection("notes", (), (("rank", "ASCENDING"),)), None, 8, host=host)
    assert [one.name for one in found] == [one.name for one in made.documents[:8]]
    assert len(host.waits) == 3
    # The documents before the break are read again, together with the others.
    assert [(len(query.start_at.values), query.limit.value) for query in made.queries] == [(0, 8)] * 4


def test_an_error_that_stays_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    made = notes(10, monkeypatch, *[3] * TRIES)
    with pytest.raises(exceptions.ServiceUnavailable):
        read(Selection("notes"), None, 8, host=StillHost())
    assert len(made.queries) == TRIES


def test_nothing_is_tried_again_behind_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    made, host = notes(10, monkeypatch, 3), StillHost()
    with deadline(0, host), pytest.raises(exceptions.ServiceUnavailable):
        read(Selection("notes"), None, 8, host=host)
    assert len(made.queries) == 1
