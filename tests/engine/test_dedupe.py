"""De-duplication: of a user's jobs with one `dedupeKey`, one at a time is alive."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.driven import DrivenJob
from stoker.jobs.dispatch import dispatch
from stoker.jobs.events import Succeeded
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
