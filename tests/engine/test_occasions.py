"""Cloud Tasks drops a second task of the same name for an hour. Only an event that is delivered twice may meet that."""

from collections.abc import Iterator

import pytest

from engine.driven import DrivenJob
from stoker.errors import UnsupportedMedia
from stoker.firestore.writes import Create
from stoker.jobs.attempt import run_attempt
from stoker.jobs.children import ChildJob, Children, child_id
from stoker.jobs.commands import retry_job
from stoker.jobs.dispatch import dispatch
from stoker.jobs.events import FailedPermanently
from stoker.jobs.memory_store import MemoryStore
from stoker.jobs.store import using

CHILD = ChildJob("video-processing", {"source": "user-uploads/ada/cat.mov"})


@pytest.fixture
def memory() -> Iterator[MemoryStore]:
    """A store whose queue drops tasks as Cloud Tasks does."""
    store = MemoryStore()
    with using(store):
        yield store


def queued(memory: MemoryStore) -> list[str]:
    return [task.job_id for task in memory.tasks]


def test_an_event_that_is_delivered_twice_makes_one_task(memory: MemoryStore) -> None:
    job = DrivenJob()
    found = job.found()
    for _ in range(2):
        dispatch(found)
    assert queued(memory) == [job.id]


def test_a_job_that_is_deleted_and_made_anew_under_its_id_has_a_task_of_its_own(memory: MemoryStore) -> None:
    job = DrivenJob()
    dispatch(job.found())
    fields = job.data()
    job.delete()
    memory.documents.commit([Create(job.path, fields)])
    dispatch(job.found())
    assert queued(memory) == [job.id, job.id]


def test_a_child_that_was_deleted_begins_at_once_when_its_batch_is_retried(memory: MemoryStore) -> None:
    job_input = {"operation": "run-jobs", "jobs": [{"type": CHILD.type, "input": CHILD.input}]}
    batch = DrivenJob(type="batch-operation", input=job_input)
    run_attempt(batch.id, lambda run, job_input: Children([CHILD]))
    child = DrivenJob.there(child_id(batch.id, 0))
    dispatch(child.found())
    child.take().end(FailedPermanently(UnsupportedMedia("It is no film.")))
    run_attempt(batch.id, lambda run, job_input: Children([CHILD]))
    child.delete()
    memory.tasks.clear()
    retry_job(batch.id)
    run_attempt(batch.id, lambda run, job_input: Children([CHILD]))
    dispatch(child.found())
    assert queued(memory) == [batch.id, child.id]
