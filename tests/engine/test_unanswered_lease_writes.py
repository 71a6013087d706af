"""Writes that take a job under a lease, and whose answer is lost: the worker finds its own lease, and no attempt is
spent."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from google.api_core import exceptions

from engine.driven import DrivenJob, Meddled
from engine.stores import FIRESTORE_IN_SOAK
from stoker.firestore.api_errors import TRANSIENT
from stoker.firestore.writes import Update, Write
from stoker.jobs.admission import TAKE_SECONDS
from stoker.jobs.attempt import begin_attempt, run_attempt
from stoker.jobs.store import Store
from stoker.models.job import JobOutput
from unit.firestore.clocks import StillHost

pytestmark = FIRESTORE_IN_SOAK

KINDS: tuple[type[Exception], ...] = TRANSIENT
LOST = [exceptions.RetryError("lost", None) if kind is exceptions.RetryError else kind("lost") for kind in KINDS]
"""The errors of a call whose answer was lost. `Aborted` may be a conflict, too."""


@pytest.fixture(autouse=True)
def host(engine: Store) -> StillHost:
    """A clock that moves while the code waits."""
    engine.host = host = StillHost()
    return host


def at_lease_writes(error: Exception, times: int = 1) -> Callable[[Sequence[Write]], None]:
    """Raise an error at so many commits that take a lease."""
    left = times

    def meddle(writes: Sequence[Write]) -> None:
        nonlocal left
        takes = any(isinstance(write, Update) and "startedAt" in write.fields for write in writes)
        if takes and left:
            left -= 1
            raise error

    return meddle


def run(job: DrivenJob) -> int:
    """Deliver the job's task; return how often its worker worked."""
    worked = list[int]()

    def works(context: Any, job_input: Any) -> JobOutput:
        worked.append(1)
        return JobOutput(files=[])

    run_attempt(job.id, works)
    return len(worked)


@pytest.mark.parametrize("error", LOST, ids=lambda error: type(error).__name__)
def test_a_lease_write_that_arrived_without_an_answer_begins_the_attempt(
    job: DrivenJob, meddled: Meddled, error: Exception
) -> None:
    meddled.after = at_lease_writes(error)
    assert run(job) == 1
    data = job.data()
    assert (data["status"], data["attempt"]) == ("completed", 1)
    assert "attempts" not in data


@pytest.mark.parametrize("error", LOST, ids=lambda error: type(error).__name__)
def test_a_lease_write_that_did_not_arrive_is_repeated(job: DrivenJob, meddled: Meddled, error: Exception) -> None:
    meddled.before = at_lease_writes(error, times=3)
    assert run(job) == 1
    data = job.data()
    assert (data["status"], data["attempt"]) == ("completed", 1)


def test_a_repeated_lease_write_of_a_limited_owner_takes_one_place(
    job: DrivenJob, meddled: Meddled, settings: Callable[..., None], queued: list[str]
) -> None:
    settings(userLimits={"atOnce": 1, "aDay": 1})
    meddled.after = at_lease_writes(exceptions.DeadlineExceeded("lost"))
    assert run(job) == 1
    assert job.status == "completed"
    assert begin_attempt(DrivenJob().id) is None  # The first one was the day's.


def test_a_lease_write_that_arrives_late_counts_once(job: DrivenJob, meddled: Meddled) -> None:
    """The call fails although its commit is still under way. The commit arrives before the second one."""
    late = list[Sequence[Write]]()

    def meddle(writes: Sequence[Write]) -> None:
        if not late:
            late.append(writes)
            raise exceptions.DeadlineExceeded("late")
        if len(late) == 1:
            meddled.documents.commit(late[0])
            late.append(writes)

    meddled.before = meddle
    assert run(job) == 1
    assert (job.status, job.data()["attempt"]) == ("completed", 1)


def test_a_cancellation_that_comes_with_the_lost_answer_ends_the_job(job: DrivenJob, meddled: Meddled) -> None:
    lose = at_lease_writes(exceptions.Unknown("lost"))

    def meddle(writes: Sequence[Write]) -> None:
        try:
            lose(writes)
        except exceptions.Unknown:
            meddled.documents.commit([Update(job.path, {"cancelRequested": True})])
            raise

    meddled.after = meddle
    assert run(job) == 0
    assert job.status == "cancelled"


def test_a_store_that_does_not_answer_is_left_to_the_next_task(
    job: DrivenJob, meddled: Meddled, host: StillHost
) -> None:
    began = host.time
    meddled.before = at_lease_writes(exceptions.ServiceUnavailable("down"), times=1000)
    with pytest.raises(exceptions.ServiceUnavailable):
        run(job)
    assert host.time - began <= TAKE_SECONDS
    assert job.status == "pending"
