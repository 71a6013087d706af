"""The deadline of calls to Firestore: it holds whatever the client library does by itself.

The client library is the real one, with its own retries; only the network is replaced, and the clock.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from google.api_core import exceptions
from google.api_core.retry import retry_base, retry_unary
from google.cloud.firestore_v1.types import BatchGetDocumentsResponse, Document, RunQueryResponse

from stoker.firestore import raw
from stoker.firestore.client import client
from stoker.firestore.deadline import deadline, patience, seconds_left
from stoker.firestore.documents import FirestoreDocuments
from stoker.firestore.errors import Conflict
from stoker.firestore.writes import Create
from stoker.queries import declared
from unit.firestore.clocks import StillHost

SECONDS = 5.0


NOW = datetime(2027, 1, 1, tzinfo=UTC)
FOUND = Document(
    name="projects/demo-deadline/databases/(default)/documents/processingJobs/a", create_time=NOW, update_time=NOW
)
FIRST = {
    "BatchGetDocumentsRequest": BatchGetDocumentsResponse(found=FOUND, read_time=NOW),
    "RunQueryRequest": RunQueryResponse(document=FOUND, read_time=NOW),
}
"""The beginning of an answer, by the type of the request."""


class Network(StillHost):
    """A network in which every call fails, and the clock by which the client library waits.

    Attributes:
        error: The error of every call.
        takes: The seconds that a call takes, unless its own timeout ends it before.
        begins: Whether a call brings the beginning of its answer before it fails.
        timeouts: The timeout that each call was given, in seconds.
    """

    def __init__(self) -> None:
        super().__init__()
        self.error: Exception = exceptions.ServiceUnavailable("Try later.")
        self.takes = 0.0
        self.begins = False
        self.timeouts: list[float] = []

    def call(self, request: Any, *, timeout: float, metadata: Any) -> Iterator[Any]:
        """Fail as the network does."""
        self.timeouts.append(timeout)
        assert len(self.timeouts) < 1000, "The client library goes on for ever."
        if not self.begins:
            self._fail(timeout)
        return self._answer(request, timeout)

    def _answer(self, request: Any, timeout: float) -> Iterator[Any]:
        yield FIRST[type(request).__name__]
        self._fail(timeout)

    def _fail(self, timeout: float) -> None:
        self.time += min(self.takes, timeout)
        raise exceptions.DeadlineExceeded("Late.") if self.takes > timeout else self.error


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    """Firestore's client on a network that fails."""
    network = Network()
    monkeypatch.setenv("GCLOUD_PROJECT", "demo-deadline")
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:9")  # so that it asks for no credentials
    client.cache_clear()
    transport = client()._firestore_api._transport
    for name in ("commit", "get_document", "batch_get_documents", "run_query", "run_aggregation_query"):
        transport._wrapped_methods[getattr(transport, name)]._target = network.call
    clock = SimpleNamespace(monotonic=network.monotonic, sleep=network.sleep)
    monkeypatch.setattr(retry_unary, "time", clock)
    monkeypatch.setattr(retry_base, "time", clock)
    monkeypatch.setattr(retry_base, "random", SimpleNamespace(uniform=lambda low, high: (low + high) / 2))
    yield network
    client.cache_clear()


def commit_raw() -> None:
    raw.commit([])


def commit() -> None:
    FirestoreDocuments().commit([Create("processingJobs/a", {"userId": "ada"})])


def commit_once() -> None:
    FirestoreDocuments().commit([Create("processingJobs/a", {"userId": "ada"})], once=True)


def get() -> None:
    FirestoreDocuments().get("processingJobs/a")


def get_raw() -> None:
    raw.get("processingJobs/a")


def get_all_raw() -> None:
    list(raw.get_all([raw.name_of("processingJobs/a")]))


def find() -> None:
    FirestoreDocuments().find(declared.alive_children("holiday"))


def find_raw() -> None:
    list(raw.found(declared.waiting_events()))


def count() -> None:
    FirestoreDocuments().count_and_sum(declared.childrens_progress("holiday"), "progress")


CALLS = [commit, commit_raw, get, get_raw, get_all_raw, find, find_raw, count]


@pytest.mark.parametrize("call", CALLS)
def test_no_call_outlasts_the_deadline_by_its_own_retries(network: Network, call: Callable[[], None]) -> None:
    network.takes = 0.1
    with deadline(SECONDS, network), pytest.raises(exceptions.GoogleAPIError):
        call()
    assert network.time <= 1000 + SECONDS
    assert len(network.timeouts) > 3


def test_without_the_deadline_the_client_library_goes_on_for_much_longer(network: Network) -> None:
    """Its `timeout` alone is no deadline."""
    with pytest.raises(exceptions.RetryError):
        client().collection("processingJobs").document("a").set({}, timeout=SECONDS)
    assert network.time > 1000 + 8 * SECONDS
    assert len(network.timeouts) > 15


@pytest.mark.parametrize("call", [*CALLS, commit_once])
def test_no_call_hangs_beyond_the_deadline(network: Network, call: Callable[[], None]) -> None:
    network.takes = 60.0
    with deadline(SECONDS, network), pytest.raises(exceptions.GoogleAPIError):
        call()
    assert network.time == 1000 + SECONDS


@pytest.mark.parametrize("takes", [4.5, 60.0])
@pytest.mark.parametrize("call", [get_all_raw, find, find_raw])
def test_no_answer_that_breaks_off_outlasts_the_deadline(
    network: Network, call: Callable[[], None], takes: float
) -> None:
    """The client library asks a query again that breaks off, with as much time as at first."""
    network.begins, network.takes = True, takes
    with deadline(SECONDS, network), pytest.raises(exceptions.GoogleAPIError):
        call()
    assert network.time <= 1000 + SECONDS


@pytest.mark.parametrize("call", [commit, commit_raw])
@pytest.mark.parametrize("kind", [exceptions.FailedPrecondition, exceptions.NotFound, exceptions.AlreadyExists])
def test_a_refused_commit_is_a_conflict(
    network: Network, call: Callable[[], None], kind: type[exceptions.GoogleAPICallError]
) -> None:
    network.error = kind("no")
    with pytest.raises(Conflict):
        call()
    assert len(network.timeouts) == 1


def test_a_commit_that_must_be_sent_once_is_sent_once(network: Network) -> None:
    with deadline(SECONDS, network), pytest.raises(exceptions.ServiceUnavailable):
        commit_once()
    assert network.timeouts == [SECONDS]


def test_no_call_begins_after_the_deadline(network: Network) -> None:
    with deadline(SECONDS, network):
        network.sleep(SECONDS)
        with pytest.raises(exceptions.DeadlineExceeded):
            commit()
    assert network.timeouts == []


def test_of_two_deadlines_the_earlier_one_holds() -> None:
    host = StillHost()
    with deadline(10, host):
        with deadline(20, host):
            assert seconds_left() == 10
        with deadline(3, host):
            assert seconds_left() == 3
        host.sleep(4)
        assert seconds_left() == 6
    assert seconds_left() is None


def test_outside_of_a_deadline_the_client_library_decides() -> None:
    assert patience(reads=True) == patience(reads=False) == {}
