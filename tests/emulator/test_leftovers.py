"""What attempts have uploaded: the result's objects stay, whoever comes late with a broom."""

import pytest
from stoker.jobs.cancel import cancel_job
from stoker.jobs.claim import Claim
from stoker.jobs.claiming import claim
from stoker.jobs.end import completed, failed, pending_again
from stoker.jobs.retry import retry_job

from emulator.driven import DrivenJob
from stoker.errors import LeaseLost, Unavailable, UnsupportedMedia
from stoker.jobs.leftovers import remove_leftovers
from stoker.jobs.sweeper import sweep
from stoker.models.job import JobOutput, OutputFile
from stoker.storage.client import bucket

pytestmark = pytest.mark.usefixtures("undelivered", "queued")


def uploaded(held: Claim) -> JobOutput:
    """What an attempt has uploaded."""
    document = held.job.document
    path = f"job-outputs/{document.user_id}/{document.id}/{held.name}/film.mp4"
    bucket().blob(path).upload_from_string(b"a film")
    return JobOutput(files=[OutputFile(kind="mp4", path=path, content_type="video/mp4", bytes=6, sha256="0")])


def is_there(output: JobOutput) -> bool:
    return bucket().get_blob(output.files[0].path) is not None


def test_an_attempt_that_is_late_leaves_the_files_of_a_job_that_was_retried(queued: list[str]) -> None:
    job = DrivenJob()
    first = job.claim()
    first.end(failed(UnsupportedMedia("no")))
    retry_job(job.id)
    second = job.claim()
    output = uploaded(second)
    remove_leftovers("ada", job.id)  # what the first attempt still had to do, while Storage did not answer
    assert is_there(output)
    second.end(completed(output))
    remove_leftovers("ada", job.id)
    assert is_there(output)
    assert claim(job.id) is None  # a task that is delivered again
    assert is_there(output)


def test_a_zombie_does_not_take_the_end_of_a_retried_job_for_its_own(queued: list[str]) -> None:
    job = DrivenJob()
    job.claim().end(pending_again(Unavailable("later"), 1))
    job.become_due()
    zombie = job.claim()
    made_by_zombie = uploaded(zombie)
    job.lapse()
    cancel_job(job.id)
    assert claim(job.id) is None
    retry_job(job.id)
    job.claim().end(pending_again(Unavailable("later"), 1))
    job.become_due()
    second = job.claim()
    assert second.attempt == zombie.attempt
    output = uploaded(second)
    second.end(completed(output))
    with pytest.raises(LeaseLost):
        zombie.end(completed(made_by_zombie))
    remove_leftovers("ada", job.id)
    assert is_there(output)
    assert not is_there(made_by_zombie)


def test_nothing_stays_of_a_job_that_is_cancelled_while_it_waits_for_another_attempt(queued: list[str]) -> None:
    job = DrivenJob()
    held = job.claim()
    output = uploaded(held)
    held.end(pending_again(Unavailable("later"), 1))
    job.reference.update({"cancelRequested": True})
    sweep()
    assert job.status == "cancelled"
    assert not is_there(output)
