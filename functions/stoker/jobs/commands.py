"""The commands of Python code with admin rights, in a script or a function: create, cancel and retry a job."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from google.cloud.firestore import SERVER_TIMESTAMP

from stoker.errors import JobExists, NotCancellable, NotRetryable, Unavailable
from stoker.firestore.api_errors import TRANSIENT, DocumentExists
from stoker.firestore.documents import StoredDocument
from stoker.firestore.optimistic import until_written
from stoker.firestore.writes import Create, ExtraWrites
from stoker.jobs.children import retried_child_writes
from stoker.jobs.commit import log_of
from stoker.jobs.dedupe import key_writes
from stoker.jobs.dispatch import dispatch
from stoker.jobs.events import CancelRequested, Created, Retried
from stoker.jobs.fields import without_deleted
from stoker.jobs.job import Job, check_job, find_job, path_of, read_job
from stoker.jobs.perform import apply
from stoker.jobs.states import JobState
from stoker.jobs.store import store
from stoker.jobs.transitions import decide
from stoker.models.document import RetriesFailedItems
from stoker.models.job import RUNNING_AGAIN, BatchOutput, has_ended


def create_processing_job(
    user_id: str,
    type: str,
    input: dict[str, Any],
    *,
    job_id: str | None = None,
    run_after: datetime | None = None,
    dedupe_key: str | None = None,
) -> str:
    """Write a job, as the document that a client would write. It starts by itself.

    Args:
        user_id: The owner. The source must be a file of this user, and the outputs will be this user's.
        type: The type of the job, such as `video-processing`.
        input: The input of the job, with names in camelCase, as it is stored. Each type has a model, such as
            `VideoInput` for `video-processing`.
        job_id: The document's id, 1 to 128 letters, digits, `-` and `_`. A random id is drawn if it is left out.
        run_after: The time before which the job must not begin, with a time zone.
        dedupe_key: A text of 1 to 128 characters. Of all jobs of the owner with the same key, at most one is under way.

    Returns:
        The document's id.

    Raises:
        InvalidJob: The job could not run; the message names every problem. Nothing was written.
        UnsupportedType: No worker here does jobs of this type. Nothing was written.
        JobExists: Another job has this `job_id`. It stays as it is.
        Unavailable: Firestore did not answer. The message says how to find out whether the job was written.

    Example:
        >>> create_processing_job(
        ...     "ada", "video-processing", {"source": "user-uploads/ada/cat.mov"}
        ... )  # doctest: +SKIP
        'jO4Nfx7HgAfqnLd1Mmd7'
    """
    optional = {"runAfter": run_after, "dedupeKey": dedupe_key}
    given = {field: value for field, value in optional.items() if value is not None}
    return write_job(job_id, {"userId": user_id, "type": type, "input": input, **given})


def write_job(job_id: str | None, fields: Mapping[str, Any], extra: ExtraWrites = ()) -> str:
    """Write a job that may have fields that only the server may write, and other documents in the same commit.

    Args:
        job_id: As in `create_processing_job`.
        fields: The fields as they are stored, such as `{"endHook": "due"}`, without `id`, `status` and `createdAt`.
        extra: Writes of other documents.

    Returns:
        The document's id.

    Raises:
        InvalidJob, UnsupportedType, JobExists, Unavailable: As `create_processing_job`.
        Conflict: A condition of another write does not hold. Nothing was written.
    """
    name = store().host.token() if job_id is None else job_id
    job = {"id": name, **fields, "status": "pending"}
    check_job(name, {**job, "createdAt": store().host.now()})
    create = Create(path_of(name), {**job, "createdAt": SERVER_TIMESTAMP})
    try:
        store().documents.commit([create, *extra], once=job_id is not None)
    except DocumentExists:
        # A random id belongs to no other job. So this was our own write, which the client library sent again since the
        # answer was lost. With a given id, the write is sent only once, so the document is another job.
        if job_id is not None:
            raise JobExists(f"There is a job {name} already, which stays as it is. Choose another id.") from None
    except TRANSIENT as error:
        raise Unavailable(
            f"Firestore did not answer, so the job {name} may have been written or not. Create it again with "
            f"job_id={name!r}: JobExists is raised if it was written."
        ) from error
    return name


def cancel_job(job_id: str) -> None:
    """Ask a job to stop. A running job stops within seconds, and a waiting job ends within a minute.

    Args:
        job_id: The document's id.

    Raises:
        JobNotFound: There is no such job.
        NotCancellable: The job has ended.
        Aborted: Others have written the document in every try.
    """
    until_written(lambda: _cancel(job_id), host=store().host)


def _cancel(job_id: str) -> None:
    found = find_job(job_id)
    state = JobState.of(found.id, found.data)
    if has_ended(state.state):
        raise NotCancellable(f"The job {job_id} can't be cancelled, because it has ended: it is {state.status}.")
    apply(found, state, CancelRequested())


def retry_job(job_id: str) -> None:
    """Run a job again that is `failed` or `cancelled`, as if it were new.

    A `completed` batch runs its failed items again.

    Args:
        job_id: The document's id.

    Raises:
        JobNotFound: There is no such job.
        NotRetryable: The job has not ended, or it has nothing to run again; the message says why.
        Duplicate: Another job with the same `dedupeKey` has not ended.
        InvalidJob, UnsupportedType: The job could not run this time either; the message says why.
        Aborted: Others have written the document in every try.
    """
    now = store().host.now()
    until_written(lambda: _retry(find_job(job_id), now), host=store().host)
    found = find_job(job_id)
    log_of(JobState.of(found.id, found.data)).info("The job is tried again.")
    # Each retry has an occasion of its own. Otherwise, Cloud Tasks would drop the task.
    dispatch(found, Created(f"retry-{now.timestamp()}"))


def _retry(found: StoredDocument, now: datetime) -> None:
    state = JobState.of(found.id, found.data)
    if state.run_after == now:
        return  # The write has arrived, and its answer was lost.
    _refuse(state, _obstacle(state))
    renewed = decide(state, Retried(now), now).fields
    job = read_job(replace(found, data=without_deleted({**found.data, **renewed})))
    if state.state == "completed":
        _refuse(state, _obstacle_to_items(job))
    apply(found, state, Retried(now), [*key_writes(job.document), *retried_child_writes(state)])


def _refuse(job: JobState, reason: str | None) -> None:
    if reason is not None:
        raise NotRetryable(f"The job {job.id} can't be retried, because {reason}.")


def _obstacle(job: JobState) -> str | None:
    """Return the reason in a job's state why the job can't be retried; None if there is none."""
    if not has_ended(job.state):
        return "it has not ended: wait for its end, or cancel it"
    if job.state == "completed" and not job.failed_items:
        return "it is completed, and nothing of it has failed: write a new job"
    if job.stage == RUNNING_AGAIN:
        return "jobs that it has made run again: wait for their end, or cancel them"
    return None


def _obstacle_to_items(job: Job) -> str | None:
    """Return the reason why the failed items of a completed job can't run again; None if there is none."""
    output = job.document.output
    if not isinstance(job.input, RetriesFailedItems) or not isinstance(output, BatchOutput):
        return "it is completed, and its failed items can't run again alone: write a new job for them"
    if output.failed > len(output.failures):
        return (
            f"it is completed, and of its {output.failed:,} failed items, only the first {len(output.failures)} are "
            "known: write a new job"
        )
    return None
