"""The end hook: a function of a job's type that runs after the job's end, also if the job ends without its worker.

A worker asks for the hook in the commit of a checkpoint (`JobContext.save`), before it makes a change that must not
stay. From then on, the job's field `endHook` is `due`. After the hook has run, the field is the hook's result. If the
hook fails or its process dies, the sweeper runs the hook again.
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
        owner_is_gone: Whether the job deletes the data of an owner without an account.
    """

    id: str
    user_id: str
    status: JobStatus
    owner_is_gone: bool = False


EndHook = Callable[[EndedJob], str]
"""A function that undoes or finishes what the job has begun. It returns its result as a word in kebab case. It may run
twice, and at the same time as a new attempt, because a user may have retried the job meanwhile."""

FIELDS = ("status", "type", "userId", "endHook", "ownerIsGone")
"""The fields that the hook needs. Fields that clients may fill freely are not read, because a value that can't be
decoded would make the read fail."""


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
        return  # The hook has run; or the job was retried, and the hook will run at its next end.
    if registered is None or registered.end_hook is None:
        # The app no longer has the type or its hook. The job must not be found again for ever.
        JobLog(job_id, jobType=job.type).warning("The type of the job has no end hook any more.")
        commit_transition(found, job, EndHookRan("no-hook"))
        return
    hook: EndHook = registry.load(registered.end_hook)
    owner_is_gone = found.data.get("ownerIsGone") is True
    result = hook(EndedJob(job_id, job.user_id, job.status, owner_is_gone))
    # If a user has retried the job meanwhile, the write is refused. The hook then runs again at the job's next end.
    commit_transition(found, job, EndHookRan(result))
    JobLog(job_id, jobType=job.type).info("The end hook has run.", event="end-hook", result=result, status=job.status)
