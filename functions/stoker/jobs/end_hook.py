"""End hook: a function of a job's type that runs after the job's end, also if the job ends without its worker.

A worker asks for the hook in the commit of a checkpoint (`JobContext.save`), before it changes something that must not
stay so. The job's field `endHook` is `due` from then on. It is the hook's result once the hook has run. If the hook
fails, or its process dies, the sweeper runs the hook again.
"""

from collections.abc import Callable
from dataclasses import dataclass

from stoker import registry
from stoker.firestore.optimistic import until_written
from stoker.jobs.commit import commit_transition
from stoker.jobs.events import EndHookRan
from stoker.jobs.job import path_of
from stoker.jobs.states import JobState
from stoker.jobs.store import store
from stoker.logs import JobLog
from stoker.models.job import JobStatus, has_ended


@dataclass(frozen=True)
class EndedJob:
    """A job that has ended.

    Attributes:
        id: The document's id.
        user_id: The owner.
        status: `completed`, `failed` or `cancelled`.
        owner_is_gone: Whether the job deletes what is left of an owner without an account.
    """

    id: str
    user_id: str
    status: JobStatus
    owner_is_gone: bool = False


EndHook = Callable[[EndedJob], str]
"""Puts an end to what the job has begun, and returns its result as a kebab-case word. It may run twice, and at the same
time as a new attempt, because somebody may have retried the job meanwhile."""

FIELDS = ("status", "type", "userId", "endHook", "ownerIsGone")
"""The fields that decide. Not those that users write at will: a field that can't be decoded would end the hook."""


def run_end_hook(job_id: str) -> None:
    """Run the end hook of a job, if the job has ended and the hook has not yet run.

    Args:
        job_id: The document's id.

    Raises:
        Exception: The hook has failed. The sweeper runs it again.
    """
    until_written(lambda: _run(job_id), host=store().host)


def _run(job_id: str) -> None:
    found = store().documents.get(path_of(job_id), FIELDS)
    if found is None:
        return
    job = JobState.of(job_id, found.data)
    registered = registry.job_types().get(job.type)
    if not has_ended(job.state) or not job.end_hook_due or job.user_id is None:
        return  # It has run, or the job was retried: its next end runs it.
    if registered is None or registered.end_hook is None:
        raise ValueError(f"The type {job.type} has no end hook. Add it to the type's entry.")
    hook: EndHook = registry.load(registered.end_hook)
    owner_is_gone = found.data.get("ownerIsGone") is True
    result = hook(EndedJob(job_id, job.user_id, job.status, owner_is_gone))
    # If somebody has retried the job meanwhile, the write is refused: the hook runs again at the job's next end.
    commit_transition(found, job, EndHookRan(result))
    JobLog(job_id, jobType=job.type).info("The end hook has run.", event="end-hook", result=result, status=job.status)
