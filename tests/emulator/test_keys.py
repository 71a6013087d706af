"""De-duplication: of a user's jobs with one `dedupeKey`, one at a time is alive."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from stoker.jobs.end import completed

from development.user import User
from emulator.driven import DrivenJob
from stoker.jobs.dispatch import dispatch
from stoker.models.job import JobOutput


def test_a_second_job_with_the_key_fails_and_names_the_first(user: User, clip: Path) -> None:
    source = user.upload(clip, "video/mp4")
    first = user.write_job({"source": source}, dedupeKey="holiday")
    user.firestore.collection("processingJobs").document(first).get()
    next(seen for seen in user.watch(first) if seen["status"] == "processing")
    second = user.result(user.write_job({"source": source}, dedupeKey="holiday"))
    assert (second["status"], second["errorCode"]) == ("failed", "duplicate")
    assert first in second["error"]
    assert user.result(first)["status"] == "completed"
    third = user.result(user.write_job({"source": source}, dedupeKey="holiday"))
    assert third["status"] == "completed"


@pytest.mark.usefixtures("undelivered")
def test_of_many_at_once_one_is_queued(queued: list[str]) -> None:
    jobs = [DrivenJob(dedupeKey="k") for _ in range(10)]
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda job: dispatch(job.reference.get()), jobs * 2))
    assert len(set(queued)) == 1
    others = [job for job in jobs if job.id not in queued]
    assert all(job.data()["errorCode"] == "duplicate" for job in others)
    assert all(queued[0] in job.data()["error"] for job in others)


@pytest.mark.usefixtures("undelivered")
@pytest.mark.parametrize("end", ["ended", "deleted"])
def test_a_key_is_free_once_its_job_has_ended_or_is_gone(queued: list[str], end: str) -> None:
    first, second = DrivenJob(dedupeKey="k"), DrivenJob(dedupeKey="k")
    dispatch(first.reference.get())
    if end == "ended":
        first.claim().end(completed(JobOutput(files=[])))
    else:
        first.reference.delete()
    dispatch(second.reference.get())
    assert queued == [first.id, second.id]


@pytest.mark.usefixtures("undelivered")
def test_keys_are_a_users_own(queued: list[str]) -> None:
    # Written together, a user's id and the key of the one look like those of the other.
    one, another = DrivenJob("ada", dedupeKey="bk"), DrivenJob("adab", dedupeKey="k")
    dispatch(one.reference.get())
    dispatch(another.reference.get())
    assert queued == [one.id, another.id]
