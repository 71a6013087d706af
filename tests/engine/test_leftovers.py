"""The objects that attempts uploaded. A late clean-up removes leftovers, and never the objects of the result."""

import pytest

from engine.driven import DrivenJob, finish, upload
from stoker.errors import LeaseLost, Unavailable, UnsupportedMedia
from stoker.jobs.admission import Refused, take_job
from stoker.jobs.attempt import begin_attempt, run_attempt
from stoker.jobs.children import ChildJob, Children, child_id, update_parent
from stoker.jobs.commands import cancel_job, retry_job
from stoker.jobs.events import AttemptEnd, FailedPermanently, FailedTransiently, OutOfTime, Preempted, Succeeded
from stoker.jobs.lease import Lease
from stoker.jobs.leftovers import remove_leftovers
from stoker.jobs.store import store
from stoker.jobs.sweeper import sweep
from stoker.models.job import JobOutput, OutputFile

CHILD = ChildJob("video-processing", {"source": "user-uploads/ada/cat.mov"})


def uploaded(held: Lease) -> JobOutput:
    """Return the output of an attempt that uploaded a file."""
    document = held.job.document
    path = upload(f"job-outputs/{document.user_id}/{document.id}/{held.name}/film.mp4")
    return JobOutput(files=[OutputFile(kind="mp4", path=path, content_type="video/mp4", bytes=6, sha256="0")])


def is_there(output: JobOutput) -> bool:
    path = output.files[0].path
    _, user_id, job_id, *_ = path.split("/")
    return path in store().list_outputs(user_id, job_id)


def test_an_attempt_that_is_late_leaves_the_files_of_a_job_that_was_retried(queued: list[str]) -> None:
    job = DrivenJob()
    first = job.take()
    first.end(FailedPermanently(UnsupportedMedia("no")))
    retry_job(job.id)
    second = job.take()
    output = uploaded(second)
    remove_leftovers("ada", job.id)  # what the first attempt still had to do, while Storage did not answer
    assert is_there(output)
    second.end(Succeeded(output))
    remove_leftovers("ada", job.id)
    assert is_there(output)
    assert begin_attempt(job.id) is None  # a task that is delivered again
    assert is_there(output)


def test_a_zombie_does_not_take_the_end_of_a_retried_job_for_its_own(queued: list[str]) -> None:
    job = DrivenJob()
    job.take().end(FailedTransiently(Unavailable("later"), 60))
    job.become_due()
    zombie = job.take()
    made_by_zombie = uploaded(zombie)
    job.lapse()
    cancel_job(job.id)
    assert begin_attempt(job.id) is None
    retry_job(job.id)
    job.take().end(FailedTransiently(Unavailable("later"), 60))
    job.become_due()
    second = job.take()
    assert second.attempt == zombie.attempt
    output = uploaded(second)
    second.end(Succeeded(output))
    with pytest.raises(LeaseLost):
        zombie.end(Succeeded(made_by_zombie))
    remove_leftovers("ada", job.id)
    assert is_there(output)
    assert not is_there(made_by_zombie)


def test_nothing_stays_of_a_job_that_is_cancelled_while_it_waits_for_another_attempt(queued: list[str]) -> None:
    job = DrivenJob()
    held = job.take()
    output = uploaded(held)
    held.end(FailedTransiently(Unavailable("later"), 60))
    job.update({"cancelRequested": True})
    sweep()
    assert job.status == "cancelled"
    assert not is_there(output)


def test_nothing_stays_of_a_silent_attempt_whose_clean_up_was_lost() -> None:
    job = DrivenJob()
    output = uploaded(job.take())
    job.lapse()
    cancel_job(job.id)
    assert isinstance(take_job(job.id), Refused)  # and the worker dies before it removes anything
    assert [one["errorCode"] for one in job.data()["attempts"]] == ["lease-lost"]
    retry_job(job.id)
    cancel_job(job.id)
    sweep()
    assert job.status == "cancelled"
    assert not is_there(output)


@pytest.mark.parametrize("end", [Preempted(), OutOfTime()])
@pytest.mark.parametrize("ends_by_task", [True, False])
def test_nothing_stays_of_an_attempt_that_did_not_count_and_whose_clean_up_was_lost(
    end: AttemptEnd, ends_by_task: bool, monkeypatch: pytest.MonkeyPatch, queued: list[str]
) -> None:
    """Such an attempt is not in the history, and the retry removes the time at which it began."""
    job = DrivenJob()
    held = job.take()
    output = uploaded(held)
    held.end(end)
    job.update({"cancelRequested": True})

    def dies(names: object) -> None:
        raise Unavailable("The worker died before it removed anything.")

    with monkeypatch.context() as dying:
        dying.setattr(store(), "delete_outputs", dies)
        if ends_by_task:
            with pytest.raises(Unavailable):
                begin_attempt(job.id)
        else:
            sweep()
    assert job.status == "cancelled"
    assert is_there(output)
    retry_job(job.id)
    finish(job.take(), Succeeded(JobOutput(files=[])))
    assert job.status == "completed"
    assert not is_there(output)


def test_a_first_attempt_that_succeeds_looks_for_nothing_to_remove(monkeypatch: pytest.MonkeyPatch) -> None:
    held = DrivenJob().take()
    output = uploaded(held)
    monkeypatch.setattr(store(), "list_outputs", lambda *_: pytest.fail("Each completed job would pay for that."))
    finish(held, Succeeded(output))


@pytest.mark.parametrize("end", [Preempted(), OutOfTime(), FailedTransiently(Unavailable("wait"), 60)], ids=repr)
@pytest.mark.parametrize("retried", [False, True])
def test_nothing_stays_of_a_child_whose_batch_is_cancelled_between_two_attempts(end: AttemptEnd, retried: bool) -> None:
    batch = DrivenJob()
    run_attempt(batch.id, lambda run, job_input: Children([CHILD] * 2))
    child = DrivenJob.there(child_id(batch.id, 0))
    held = child.take()
    output = uploaded(held)
    finish(held, end)
    if retried:
        cancel_job(child.id)
        sweep()
        # Storage has not answered since. Nobody has removed what the first run has uploaded.
        upload(output.files[0].path)
        retry_job(child.id)
    batch.update({"cancelRequested": True})
    update_parent(batch.id)
    assert child.status == "cancelled"
    assert not is_there(output)
