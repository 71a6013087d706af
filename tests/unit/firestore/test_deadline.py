"""The deadline of calls to Firestore holds, even if the client library retries by itself.

The client library is the real one, with its own retries; only the network is replaced, and the clock.
"""

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from firebase_functions.https_fn import FunctionsErrorCode, HttpsError
from google.api_core import exceptions
from google.api_core.retry import retry_base, retry_unary
from google.cloud.firestore_v1.types import (
    BatchGetDocumentsResponse,
    CommitRequest,
    CommitResponse,
    Document,
    RunQueryResponse,
    WriteResult,
)

from stoker import config
from stoker.access.guard import CALLABLE_SECONDS, guarded
from stoker.access.rate import COUNT_SECONDS, Refusals, count_call
from stoker.accounts import cursor, domains, sign_up
from stoker.accounts.account_copy import Account
from stoker.accounts.profile import confirm_profile, create_profile
from stoker.analytics import record
from stoker.errors import UnsupportedMedia
from stoker.firestore import raw
from stoker.firestore.api_errors import Conflict
from stoker.firestore.client import client
from stoker.firestore.deadline import CALL_SECONDS, STREAM_SECONDS, deadline, seconds_left
from stoker.firestore.documents import FirestoreDocuments, StoredDocument
from stoker.firestore.fence import Fence
from stoker.firestore.writes import Create
from stoker.jobs import dispatch, settings
from stoker.jobs.events import FailedPermanently
from stoker.jobs.lease import Lease
from stoker.jobs.states import JobState
from stoker.queries import declared, job_queries, trees
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
        commits: Whether commits arrive all the same.
        timeouts: The timeout that each call was given, in seconds.
    """

    def __init__(self) -> None:
        super().__init__()
        self.error: Exception = exceptions.ServiceUnavailable("Try later.")
        self.takes = 0.0
        self.begins = self.commits = False
        self.timeouts: list[float] = []

    def call(self, request: Any, *, timeout: float, metadata: Any) -> Any:
        """Fail as the network does."""
        self.timeouts.append(timeout)
        assert len(self.timeouts) < 1000, "The client library goes on for ever."
        if self.commits and isinstance(request, CommitRequest):
            return CommitResponse(
                write_results=[WriteResult(update_time=NOW, transform_results=[{"integer_value": 1}])]
            )
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
    settings.forget()
    for name in ("commit", "get_document", "batch_get_documents", "run_query", "run_aggregation_query"):
        transport._wrapped_methods[getattr(transport, name)]._target = network.call
    clock = SimpleNamespace(monotonic=network.monotonic, sleep=network.sleep)
    monkeypatch.setattr("stoker.host.time", clock)
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
    FirestoreDocuments().find(job_queries.alive_children("holiday"))


def find_raw() -> None:
    list(raw.find(declared.waiting_events()))


def count() -> None:
    FirestoreDocuments().count_and_sum(job_queries.childrens_progress("holiday"), "progress")


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


ADA = Account("ada", "ada@example.com", "Ada", None, {}, NOW)


def count_owned() -> None:
    trees.count_owned("tasks", "ada")


@pytest.mark.parametrize("takes", [0.1, 200.0])
@pytest.mark.parametrize(
    ("call", "seconds"),
    [
        *((call, CALL_SECONDS) for call in (commit, commit_raw, get, get_raw, find, count, count_owned)),
        *((call, STREAM_SECONDS) for call in (get_all_raw, find_raw)),
        (lambda: create_profile(ADA), CALL_SECONDS),
        (lambda: confirm_profile(ADA), CALL_SECONDS),
        (lambda: cursor.load("profiles"), CALL_SECONDS),
        (lambda: cursor.save("profiles", "ada"), CALL_SECONDS),
        (lambda: count_call("ada", "retryJob", 5, refusals=Refusals()), COUNT_SECONDS),
    ],
)
def test_outside_of_a_deadline_each_call_has_its_own(
    network: Network, call: Callable[[], object], seconds: float, takes: float
) -> None:
    network.takes = takes
    with pytest.raises(exceptions.GoogleAPIError):
        call()
    assert 0 < network.time - 1000 <= seconds


def lease() -> Lease:
    """An attempt's hold on a job, on the real client library."""
    state = JobState("a", "processing", attempt=1, lease_token="t", attempt_began=NOW)
    fence = Fence(FirestoreDocuments(), StoredDocument("processingJobs/a", {}, NOW))
    job: Any = None
    return Lease(fence, job, state, limited=False)


@pytest.mark.parametrize("takes", [0.1, 200.0])
@pytest.mark.parametrize(
    "write",
    [
        lambda held: held.report(50, "encoding"),
        lambda held: held.save({"page": 7}),
        lambda held: held.end(FailedPermanently(UnsupportedMedia("no"))),
    ],
)
def test_no_write_of_an_attempt_outlasts_half_of_its_lease(
    network: Network, write: Callable[[Lease], object], takes: float
) -> None:
    network.takes = takes
    with pytest.raises(exceptions.GoogleAPIError):
        write(lease())
    assert 0 < network.time - 1000 <= config.LEASE_SECONDS / 2


@pytest.mark.parametrize("takes", [0.1, 200.0])
def test_an_event_holds_up_what_it_records_for_its_seconds_alone(network: Network, takes: float) -> None:
    network.takes = takes
    assert record.record_event("task.completed", "ada", id="spring/1") is False
    assert 0 < network.time - 1000 <= record.SECONDS


def test_an_event_that_is_there_is_recorded(network: Network) -> None:
    network.error = exceptions.AlreadyExists("Its own write, which was sent again.")
    assert record.record_event("task.completed", "ada", id="spring/1") is True


@pytest.mark.parametrize("takes", [0.1, 200.0])
def test_a_sign_in_waits_for_firestore_no_longer_than_it_may(network: Network, takes: float) -> None:
    network.takes = takes
    metadata = SimpleNamespace(creation_time=NOW)
    names: dict[str, Any] = {"email": None, "email_verified": False, "display_name": None, "photo_url": None}
    user = SimpleNamespace(uid="ada", custom_claims=None, metadata=metadata, provider_data=[], **names)
    event: Any = SimpleNamespace(data=user, locale=None)
    sign_up.before_signed_in(event)
    assert 0 < network.time - 1000 <= sign_up.WRITE_SECONDS


@pytest.mark.parametrize("takes", [0.1, 200.0])
def test_a_sign_up_waits_for_the_settings_no_longer_than_it_may(network: Network, takes: float) -> None:
    network.takes = takes
    domains.check_domain("ada@example.com", domains.CachedSettings())
    assert 0 < network.time - 1000 <= domains.READ_SECONDS


def test_a_dispatch_ends_before_its_trigger_does(network: Network) -> None:
    """It reads the settings and writes the job: each call alone may take 60 s."""
    data = {"id": "a", "userId": "ada", "type": "video-processing", "input": {"source": "user-uploads/ada/a.mov"}}
    cancelled = {**data, "status": "pending", "createdAt": NOW, "cancelRequested": True}
    dispatch.dispatch(StoredDocument("processingJobs/a", cancelled, NOW))
    assert 0 < network.time - 1000 <= dispatch.DISPATCH_SECONDS


def test_a_client_is_answered_before_the_function_ends(network: Network) -> None:
    def retryJob(request: Any) -> None:  # noqa: N802 - clients call it by this name
        with contextlib.suppress(exceptions.RetryError):
            get()
        get()

    network.commits = True
    token = {"role": "user", "exp": 4_000_000_000}
    request: Any = SimpleNamespace(app=None, auth=SimpleNamespace(uid="ada", token=token))
    with pytest.raises(HttpsError) as raised:
        guarded(retryJob)(request)
    assert raised.value.code == FunctionsErrorCode.UNAVAILABLE
    assert 0 < network.time - 1000 <= CALLABLE_SECONDS
