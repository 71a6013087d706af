"""De-duplication: of a user's jobs with one `dedupeKey`, one at a time is alive."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.driven import DrivenJob
from stoker.errors import Duplicate, UnsupportedMedia
from stoker.jobs.commands import retry_job
from stoker.jobs.dispatch import dispatch
from stoker.jobs.events import FailedPermanently, Succeeded
from stoker.models.job import JobOutput


def test_of_many_at_once_one_is_queued(queued: list[str]) -> None:
    jobs = [DrivenJob(dedupeKey="k") for _ in range(10)]
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda job: dispatch(job.found()), jobs * 2))
    assert len(set(queued)) == 1
    others = [job for job in jobs if job.id not in queued]
    assert all(job.data()["errorCode"] == "duplicate" for job in others)
    assert all(queued[0] in job.data()["error"] for job in others)


@pytest.mark.parametrize("end", ["ended", "deleted"])
def test_a_key_is_free_once_its_job_has_ended_or_is_gone(queued: list[str], end: str) -> None:
    first, second = DrivenJob(dedupeKey="k"), DrivenJob(dedupeKey="k")
    dispatch(first.found())
    if end == "ended":
        first.take().end(Succeeded(JobOutput(files=[])))
    else:
        first.delete()
    dispatch(second.found())
    assert queued == [first.id, second.id]


def test_keys_are_a_users_own(queued: list[str]) -> None:
    # Written together, a user's id and the key of the one look like those of the other.
    one, another = DrivenJob("ada", dedupeKey="bk"), DrivenJob("adab", dedupeKey="k")
    dispatch(one.found())
    dispatch(another.found())
    assert queued == [one.id, another.id]


def failed(key: str) -> DrivenJob:
    """A job that has held its key until it failed."""
    job = DrivenJob(dedupeKey=key)
    dispatch(job.found())
    job.take().end(FailedPermanently(UnsupportedMedia("It is no film.")))
    return job


@pytest.mark.parametrize("runs", [False, True], ids=["pending", "processing"])
def test_a_job_whose_key_another_job_holds_is_not_retried(queued: list[str], runs: bool) -> None:
    job, other = failed("k"), DrivenJob(dedupeKey="k")
    dispatch(other.found())
    if runs:
        other.take()
    before = job.found()
    queued.clear()
    with pytest.raises(Duplicate, match=other.id):
        retry_job(job.id)
    assert (job.found(), queued) == (before, [])


def test_a_job_is_retried_once_the_other_job_with_its_key_has_ended(queued: list[str]) -> None:
    job, other = failed("k"), DrivenJob(dedupeKey="k")
    dispatch(other.found())
    other.take().end(Succeeded(JobOutput(files=[])))
    retry_job(job.id)
    assert (job.status, queued[-1]) == ("pending", job.id)
    third = DrivenJob(dedupeKey="k")
    dispatch(third.found())
    assert (third.data()["errorCode"], job.status) == ("duplicate", "pending")


def test_of_a_retry_and_a_new_job_with_the_same_key_one_is_alive(queued: list[str]) -> None:
    """Whichever is first: no job that was reported as pending fails for the other's sake."""
    for _ in range(5):
        job, new = failed("k"), DrivenJob(dedupeKey="k")

        def retried(job: DrivenJob = job) -> bool:
            try:
                retry_job(job.id)
            except Duplicate:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            answer = pool.submit(retried)
            pool.submit(dispatch, new.found()).result()
        assert (job.status, new.status) == (("pending", "failed") if answer.result() else ("failed", "pending"))
        for one in (job, new):
            if one.status == "pending":
                one.take().end(Succeeded(JobOutput(files=[])))
