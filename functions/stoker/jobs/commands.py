"""Commands: jobs are created, cancelled and retried by Python code with admin rights, in a script or a function."""

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
from stoker.models.document import RunsFailedAgain
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
    """Write a job, the same document as a client writes; it starts by itself.

    Args:
        user_id: The owner: the source must be this user's, and the outputs will be.
        type: Which worker runs it, such as `video-processing`.
        input: What to do, by type, in camelCase as it is stored; for `video-processing`, see `VideoInput`.
        job_id: The document's id, 1 to 128 letters, digits, `-` and `_`; a random id is drawn if it is left out.
        run_after: Not before this time, which needs a time zone.
        dedupe_key: 1 to 128 characters; see `ProcessingJob`.

    Returns:
        The document's id.

    Raises:
        InvalidJob: It could not run; the message names every problem. Nothing was written.
        UnsupportedType: No worker here does jobs of this type. Nothing was written.
        JobExists: There is a job of this `job_id`, which stays as it is.
        Unavailable: Firestore did not answer.

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
    """Write a job that may have fields of the server's, and other documents in the same commit.

    Args:
        job_id: As for `create_processing_job`.
        fields: The fields as they are stored, such as `{"endHook": "due"}`; without `id`, `status` and `createdAt`.
        extra: Writes of other documents.

    Returns:
        The document's id.

    Raises:
        InvalidJob, UnsupportedType, JobExists, Unavailable: As `create_processing_job`.
        Conflict: Another document is not as its write supposed. Nothing was written.
    """
    name = store().host.token() if job_id is None else job_id
    job = {"id": name, **fields, "status": "pending"}
    check_job(name, {**job, "createdAt": store().host.now()})
    create = Create(path_of(name), {**job, "createdAt": SERVER_TIMESTAMP})
    try:
        store().documents.commit([create, *extra], once=job_id is not None)
    except DocumentExists:
        # An id that was drawn just now is nobody else's: it is our own write, which the client library sent again
        # because the answer was lost. To a given id it sends the write once, so that this means another job.
        if job_id is not None:
            raise JobExists(f"There is a job {name} already, which stays as it is. Choose another id.") from None
    except TRANSIENT as error:
        raise Unavailable(
            f"Firestore did not answer, so the job {name} may have been written or not. Create it again with "
            f"job_id={name!r}: JobExists tells that it was."
        ) from error
    return name


def cancel_job(job_id: str) -> None:
    """Ask for the end of a job. It stops as soon as its attempt hears of it, or where it would have begun.

    Args:
        job_id: The document's id.

    Raises:
        JobNotFound: There is no such job.
        NotCancellable: It has ended.
        Aborted: The document is written by others too often.
    """
    until_written(lambda: _cancel(job_id), host=store().host)


def _cancel(job_id: str) -> None:
    found = find_job(job_id)
    state = JobState.of(found.id, found.data)
    if has_ended(state.state):
        raise NotCancellable(f"The job {job_id} can't be cancelled, because it has ended: it is {state.status}.")
    apply(found, state, CancelRequested())


def retry_job(job_id: str) -> None:
    """Make a job that has `failed` or was `cancelled` pending, as if it were new, and start it. A batch that is
    `completed` is run again for its items that failed.

    Args:
        job_id: The document's id.

    Raises:
        JobNotFound: There is no such job.
        NotRetryable: It is under way, or it is completed and there is nothing to run again; the message says why.
        Duplicate: Another job with the same `dedupeKey` is not done yet.
        InvalidJob, UnsupportedType: It could not run this time either; the message says why.
        Aborted: The document is written by others too often.
    """
    now = store().host.now()
    until_written(lambda: _retry(find_job(job_id), now), host=store().host)
    found = find_job(job_id)
    log_of(JobState.of(found.id, found.data)).info("The job is tried again.")
    # Not the same occasion as that of another retry: Cloud Tasks would drop the task.
    dispatch(found, Created(f"retry-{now.timestamp()}"))


def _retry(found: StoredDocument, now: datetime) -> None:
    state = JobState.of(found.id, found.data)
    if state.run_after == now:
        return  # This write arrived, and its answer did not.
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
    """The reason why a job can't be retried, by its state alone."""
    if not has_ended(job.state):
        return "it has not ended: wait for it, or cancel it"
    if job.state == "completed" and not job.failed_items:
        return "it is completed, and nothing of it has failed: write a new one"
    if job.stage == RUNNING_AGAIN:
        return "jobs that it has made run again: wait for them, or cancel them"
    return None


def _obstacle_to_items(job: Job) -> str | None:
    """The reason why the items of a completed job that failed can't be run again."""
    output = job.document.output
    if not isinstance(job.input, RunsFailedAgain) or not isinstance(output, BatchOutput):
        return "it is completed, and its items that failed can't be run again by themselves: write a new one for them"
    if output.failed > len(output.failures):
        return (
            f"it is completed, and of the {output.failed:,} items that failed, only the first {len(output.failures)} "
            "are known: write a new one"
        )
    return None
