"""The deletion of a job that has ended, with its children and with the outputs of all of them."""

from collections.abc import Sequence

from stoker import registry
from stoker.errors import JobNotFound, NotDeletable
from stoker.firestore.documents import StoredDocument
from stoker.firestore.optimistic import until_written
from stoker.firestore.writes import Delete
from stoker.jobs.abandoned import remove_abandoned
from stoker.jobs.ceiling import deleted_work_writes
from stoker.jobs.commit import log_of
from stoker.jobs.job import find_job, load_job
from stoker.jobs.states import JobState
from stoker.jobs.store import store
from stoker.models.job import has_ended
from stoker.queries import job_queries

CHILD_FIELDS = ("status", "userId", "type", "completedAt", "workSeconds")
"""The fields of a child that the deletion needs."""

SECONDS = 30.0
"""The longest time that the deletion of the documents may take, in seconds. A client's call has 60 s for that and the
removal of the outputs."""

THREADS = 8
"""The number of jobs whose outputs are removed at the same time. Each mostly waits for Cloud Storage."""


def delete_job(job_id: str) -> None:
    """Delete a job that has ended, with its children and with the outputs of all of them.

    If the outputs can't be removed now, the event of the deleted document removes them later. Outputs that another job
    needs stay until that job has ended.

    Args:
        job_id: The document's id.

    Raises:
        JobNotFound: There is no such job.
        NotDeletable: The job has not ended, or its record is still needed; the message says why.
        Exception: Firestore did not answer, or others have written the document in every try.
    """
    doomed: dict[str, JobState] = {}
    until_written(lambda: _delete(job_id, doomed), seconds=SECONDS, through_outages=True, host=store().host)
    store().host.each(_remove_outputs, list(doomed.values()), THREADS)


def obstacle(job: JobState, parent: JobState | None, children: Sequence[JobState]) -> str | None:
    """Return the reason why a job can't be deleted, and what to do about it; None if it can be deleted.

    Args:
        job: The job.
        parent: The job that has made it; None if there is no such job.
        children: The jobs that it has made.

    Example:
        >>> obstacle(JobState("holiday", "processing"), None, [])
        'it has not ended. Cancel it first, and delete it once it has ended'
        >>> obstacle(JobState("holiday", "completed"), None, [])
    """
    if not has_ended(job.state):
        return "it has not ended. Cancel it first, and delete it once it has ended"
    if parent is not None and not has_ended(parent.state):
        return f"the batch {parent.id} counts it. Wait for the end of the batch, or cancel the batch"
    if not all(has_ended(child.state) for child in children):
        return "jobs that it has made have not ended. Cancel these jobs first, and delete it once they have ended"
    if job.deletes_owner:
        return "it is the record of the deletion of an account, and expires by itself"
    if job.end_hook_due:
        return "its clean-up has not run yet. Delete it in some minutes"
    return None


def _delete(job_id: str, doomed: dict[str, JobState]) -> None:
    try:
        found = find_job(job_id)
    except JobNotFound:
        if doomed:
            return  # The first write has arrived, and its answer was lost.
        raise
    job = JobState.of(found.id, found.data)
    children = _children(job)
    family = {one.id: JobState.of(one.id, one.data) for one in children}
    if (reason := obstacle(job, _parent(job), list(family.values()))) is not None:
        raise NotDeletable(f"The job {job.id} can't be deleted, because {reason}.")
    doomed |= {**family, job.id: job}
    whole, now = (found, *children), store().host.now()
    counted = [write for one in whole for write in deleted_work_writes(one.data, now)]
    # If one of these jobs was retried since, the commit is refused, and none of them is deleted.
    store().documents.commit([*(Delete(one.path, one.update_time) for one in whole), *counted])
    log_of(job).info("The job is deleted.", event="job-deleted", children=len(children))


def _parent(job: JobState) -> JobState | None:
    found = load_job(job.parent_id) if job.parent_id is not None else None
    return JobState.of(found.id, found.data) if found is not None else None


def _children(job: JobState) -> list[StoredDocument]:
    registered = registry.job_types().get(job.type)
    if registered is not None and not registered.makes_jobs:
        return []
    return store().documents.find(job_queries.children_of(job.id).only(*CHILD_FIELDS))


def _remove_outputs(job: JobState) -> None:
    if job.user_id is None:
        return
    try:
        remove_abandoned(job.user_id, job.id)
    except Exception as error:
        # The document is deleted, so the job is. The event of the deletion removes the outputs later.
        log_of(job).error("The outputs of a deleted job could not be removed; its event will do it.", error)
