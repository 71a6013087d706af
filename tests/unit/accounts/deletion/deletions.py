"""A deletion of Ada's account on the store in memory, and the states that tests look at."""

from collections.abc import Callable
from typing import Any

import pytest

from engine.driven import DrivenJob as Job
from engine.driven import Meddled
from stoker import config
from stoker.batch.delete_user_data import Deletion
from stoker.firestore.memory_documents import MemoryDocuments
from stoker.jobs.attempt import run_attempt
from stoker.jobs.commands import cancel_job
from stoker.jobs.context import JobContext
from stoker.jobs.store import store
from stoker.models.job import JobOutput

DELETES: dict[str, Any] = {"type": "batch-operation", "input": {"operation": "delete-user-data"}}
Happen = Callable[[], object]


class Killed(BaseException):
    """The process is gone: nothing of the attempt runs any more."""


def work(job_id: str, then: Happen = lambda: None) -> Job:
    """Make an attempt at a deletion that finds no documents. Something happens between the lock and the end."""

    def delete(context: JobContext, _: Any) -> JobOutput:
        doing = Deletion(context)
        if doing.lock_account():
            then()
            doing.delete_account()
        return JobOutput(files=[])

    run_attempt(job_id, delete)
    return Job.there(job_id)


def kill() -> None:
    raise Killed


def begin(job: Job) -> None:
    """Let an attempt lock the account, and die."""
    with pytest.raises(Killed):
        work(job.id, kill)
    job.lapse()


def cancelled(job: Job) -> str:
    """Let the job be cancelled; return the result of its end hook."""
    cancel_job(job.id)
    assert work(job.id).status == "cancelled"
    return str(job.data()["endHook"])


def record() -> dict[str, Any] | None:
    found = store().documents.get("departures/ada")
    return None if found is None else dict(found.data)


def late_pass() -> Job:
    found = record()
    assert found is not None
    return Job.there(found["lateJobId"])


def late_passes() -> list[str]:
    """The jobs that look again later, as far as they have not ended."""
    documents = store().documents
    assert isinstance(documents, Meddled)
    inner = documents.documents
    assert isinstance(inner, MemoryDocuments)
    jobs = [inner.get(path) for path in inner.paths(config.JOBS)]
    return [job.id for job in jobs if job is not None and "runAfter" in job.data and job.data["status"] == "pending"]


def gone() -> Job:
    """Delete Ada's account; return the late pass."""
    assert work(Job(**DELETES).id).data()["endHook"] == "account-gone"
    return late_pass()
