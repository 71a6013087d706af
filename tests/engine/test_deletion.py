"""A job that has ended is deleted, with its children and its files."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.api_core.exceptions import Cancelled, DeadlineExceeded, ServiceUnavailable

from engine.driven import ENDED, NOW, DrivenJob, Meddled, finish, once, upload
from engine.stores import IN_MEMORY
from stoker import config
from stoker.errors import JobNotFound, NotDeletable
from stoker.firestore.api_errors import Conflict
from stoker.firestore.writes import Delete
from stoker.jobs.attempt import begin_attempt, run_attempt
from stoker.jobs.children import ChildJob, Children, child_id
from stoker.jobs.commands import cancel_job, retry_job
from stoker.jobs.events import Succeeded
from stoker.jobs.job_deletion import delete_job
from stoker.jobs.store import store
from stoker.jobs.sweeper import sweep
from stoker.models.job import JobOutput, OutputFile
from stoker.queries import job_queries


def ended(status: str = "completed", **fields: Any) -> DrivenJob:
    """A job that has ended."""
    job = DrivenJob()
    job.set({**ENDED, "id": job.id, "status": status, **fields})
    return job


def with_files(job: DrivenJob, *names: str) -> list[str]:
    """Upload files as an attempt at the job does."""
    return [upload(f"job-outputs/ada/{job.id}/1-a/{name}") for name in names]


def files_of(job: DrivenJob) -> list[str]:
    return store().list_outputs("ada", job.id)


def batch(*children: DrivenJob, **fields: Any) -> DrivenJob:
    """A batch that has made other jobs."""
    made = DrivenJob(type="batch-operation", input={"operation": "run-jobs", "jobs": []}, **fields)
    for child in children:
        child.update({"parentId": made.id})
    return made


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
def test_an_ended_job_goes_with_its_files(status: str) -> None:
    job, other = ended(status), ended()
    with_files(job, "film.mp4", "poster.jpg")
    kept = with_files(other, "film.mp4")
    delete_job(job.id)
    assert (job.is_there(), files_of(job)) == (False, [])
    assert (other.is_there(), files_of(other)) == (True, kept)


def test_a_job_that_was_worked_on_goes_with_the_files_of_its_result() -> None:
    job = DrivenJob()
    held = job.take()
    path = upload(f"job-outputs/ada/{job.id}/{held.name}/film.mp4")
    file = OutputFile(kind="mp4", path=path, content_type="video/mp4", bytes=6, sha256="0")
    held.end(Succeeded(JobOutput(files=[file])))
    delete_job(job.id)
    assert (job.is_there(), files_of(job)) == (False, [])


def test_a_deletion_gives_nothing_of_the_days_allowance_back(settings: Callable[..., None], queued: list[str]) -> None:
    settings(userLimits={"aDay": 2}, projectLimits={"jobsADay": 2})
    for _ in range(2):
        job = DrivenJob()
        finish(job.take(), Succeeded(JobOutput(files=[])))
        delete_job(job.id)
    third = DrivenJob()
    assert begin_attempt(third.id) is None
    assert third.data()["stage"] == "waiting-for-tomorrow"
    sweep()
    found = store().documents.get(f"{config.ADMIN_DATA}/{config.JOB_SETTINGS}")
    assert found is not None
    assert found.data["stoppedUntil"] > datetime.now(UTC)


def test_the_children_of_a_deleted_batch_still_count(settings: Callable[..., None]) -> None:
    now = datetime.now(UTC)
    settings(projectLimits={"workHoursADay": 1})
    children = [ended(completedAt=now, workSeconds=1800) for _ in range(2)]
    delete_job(batch(*children, status="completed", completedAt=now, workSeconds=2, children=2).id)
    sweep(now)
    found = store().documents.get(f"{config.ADMIN_DATA}/{config.JOB_SETTINGS}")
    assert found is not None
    assert "stoppedUntil" in found.data


@IN_MEMORY
@pytest.mark.parametrize(
    "fields",
    [
        {"completedAt": NOW - timedelta(days=1), "workSeconds": 7},
        {"completedAt": NOW},
        {"completedAt": None, "workSeconds": 7},
        {"completedAt": "now", "workSeconds": "many"},
    ],
    ids=["yesterday", "without-work", "without-an-end", "no-facts"],
)
def test_an_old_job_or_one_that_nobody_worked_on_leaves_no_count(fields: dict[str, Any]) -> None:
    job = ended(**{"workSeconds": None, **fields})
    delete_job(job.id)
    day = job_queries.deleted_of(datetime.now(UTC).date())
    assert store().documents.count_and_sum(day, "workSeconds") == (0, 0)


@IN_MEMORY
@pytest.mark.parametrize("status", ["pending", "processing"])
def test_a_job_that_runs_stays_and_the_error_says_what_to_do(status: str) -> None:
    job = DrivenJob(status=status)
    files = with_files(job, "film.mp4")
    before = job.found()
    with pytest.raises(NotDeletable, match=r"has not ended\. Cancel it first"):
        delete_job(job.id)
    assert job.found().update_time == before.update_time
    assert files_of(job) == files


@pytest.mark.parametrize("job_id", ["no-such-job", "", "a/b", "a/b/c", ".", "x" * 2000])
def test_there_must_be_such_a_job(job_id: str) -> None:
    with pytest.raises(JobNotFound, match="There is no job"):
        delete_job(job_id)


def test_a_batch_goes_with_its_children_and_their_files() -> None:
    children = [ended(status, parentId=None) for status in ("completed", "failed", "cancelled")]
    whole = batch(*children, status="completed", children=3)
    neighbour = ended()
    kept = with_files(neighbour, "film.mp4")
    for child in children:
        with_files(child, "film.mp4")
    delete_job(whole.id)
    assert not any(one.is_there() or files_of(one) for one in (whole, *children))
    assert (neighbour.is_there(), files_of(neighbour)) == (True, kept)


def test_a_batch_that_was_run_goes_with_all_that_it_has_made(queued: list[str]) -> None:
    text: dict[str, Any] = {"type": "audio-generation", "input": {"text": "Hello."}}
    whole = DrivenJob(type="batch-operation", input={"operation": "run-jobs", "jobs": [text, text]})
    run_attempt(whole.id, lambda context, job_input: Children([ChildJob(**text)] * 2))
    children = [DrivenJob.there(child_id(whole.id, number)) for number in range(2)]
    for child in children:
        with pytest.raises(NotDeletable):
            delete_job(whole.id)
        run_attempt(child.id, lambda context, job_input: JobOutput(files=[]))
        with_files(child, "speech.mp3")
    assert whole.status == "completed"
    delete_job(whole.id)
    assert not any(one.is_there() or files_of(one) for one in (whole, *children))


@IN_MEMORY
@pytest.mark.parametrize("status", ["pending", "processing"])
def test_a_child_stays_while_its_batch_waits(status: str) -> None:
    child = ended()
    whole = batch(child, status=status, stage="running-jobs", children=2)
    files = with_files(child, "film.mp4")
    with pytest.raises(NotDeletable, match=f"the batch {whole.id} counts it"):
        delete_job(child.id)
    assert (child.is_there(), files_of(child)) == (True, files)


@IN_MEMORY
@pytest.mark.parametrize("parent", ["completed", "failed", "cancelled", "deleted"])
def test_a_child_goes_once_its_batch_has_ended(parent: str) -> None:
    child, sister = ended(), ended()
    whole = batch(child, sister, status=parent)
    if parent == "deleted":
        whole.delete()
    with_files(child, "film.mp4")
    delete_job(child.id)
    assert (child.is_there(), files_of(child), sister.is_there()) == (False, [], True)


@IN_MEMORY
@pytest.mark.parametrize("status", ["pending", "processing"])
def test_a_batch_stays_while_a_child_runs(status: str) -> None:
    """It may have ended because its document is not valid any more."""
    done, alive = ended(), DrivenJob(status=status)
    whole = batch(done, alive, status="failed", children=2)
    with pytest.raises(NotDeletable, match="jobs that it has made have not ended"):
        delete_job(whole.id)
    assert all(one.is_there() for one in (whole, done, alive))


@IN_MEMORY
@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
@pytest.mark.parametrize("hook", ["due", "account-gone", None])
def test_the_record_of_an_accounts_deletion_stays(status: str, hook: str | None) -> None:
    deletion = {"type": "batch-operation", "input": {"operation": "delete-user-data"}, "endHook": hook}
    job = ended(status, **deletion)
    with pytest.raises(NotDeletable, match="the record of the deletion of an account"):
        delete_job(job.id)
    assert job.is_there()


@IN_MEMORY
def test_a_job_stays_until_its_end_hook_has_run() -> None:
    job = ended(type="batch-operation", endHook="due")
    with pytest.raises(NotDeletable, match="its clean-up has not run yet"):
        delete_job(job.id)
    job.update({"endHook": "done"})
    delete_job(job.id)
    assert not job.is_there()


def test_a_job_that_is_retried_at_the_same_time_stays(meddled: Meddled, queued: list[str]) -> None:
    job = ended("failed")
    retries = iter([lambda: retry_job(job.id)])

    def retry(writes: Any) -> None:
        if isinstance(writes[0], Delete):
            next(retries, lambda: None)()

    meddled.before = retry
    with pytest.raises(NotDeletable, match="has not ended"):
        delete_job(job.id)
    assert job.status == "pending"


def test_of_a_batch_nothing_goes_if_one_of_its_children_is_retried_at_the_same_time(
    meddled: Meddled, queued: list[str]
) -> None:
    children = [ended("failed"), ended("failed")]
    whole = batch(*children, status="completed", children=2)
    retries = iter([lambda: retry_job(children[1].id)])

    def retry(writes: Any) -> None:
        if isinstance(writes[0], Delete):
            next(retries, lambda: None)()

    meddled.before = retry
    with pytest.raises(NotDeletable, match="jobs that it has made have not ended"):
        delete_job(whole.id)
    assert all(one.is_there() for one in (whole, *children))


@IN_MEMORY
@pytest.mark.parametrize("error", [Conflict("sent again"), DeadlineExceeded("lost"), Cancelled("lost")], ids=repr)
def test_a_deletion_whose_answer_is_lost_has_succeeded(meddled: Meddled, error: Exception) -> None:
    """The client library may have sent it again, which is refused."""
    job = ended()
    with_files(job, "film.mp4")
    meddled.after = once(error)
    delete_job(job.id)
    assert (job.is_there(), files_of(job)) == (False, [])
    with pytest.raises(JobNotFound):
        delete_job(job.id)


@IN_MEMORY
def test_a_deletion_goes_on_after_a_short_outage(meddled: Meddled) -> None:
    job = ended()
    meddled.before = once(ServiceUnavailable("down"))
    delete_job(job.id)
    assert not job.is_there()


@IN_MEMORY
def test_a_job_is_deleted_although_its_files_can_not_be(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    job = ended()
    with_files(job, "film.mp4")

    def refuse(*_: Any) -> None:
        raise ServiceUnavailable("down")

    with monkeypatch.context() as patch:
        patch.setattr(store(), "delete_outputs", refuse)
        delete_job(job.id)
    assert not job.is_there()
    assert "could not be removed; its event will do it" in capsys.readouterr().err


def test_a_cancelled_job_can_be_deleted(queued: list[str]) -> None:
    job = DrivenJob()
    cancel_job(job.id)
    sweep()
    assert job.status == "cancelled"
    delete_job(job.id)
    assert not job.is_there()
