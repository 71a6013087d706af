"""The fields that each transition of a job writes, by pure functions of the job, the event and the time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from google.cloud.firestore import DELETE_FIELD, SERVER_TIMESTAMP

from stoker import config
from stoker.errors import AttemptsExhausted, JobCancelled, StokerError, WorkExhausted
from stoker.jobs.events import (
    Cancelled,
    CancelRequested,
    CheckpointSaved,
    ChildrenCountedAgain,
    ChildrenEnded,
    ChildrenProgressed,
    ChildRetried,
    Due,
    EndHookRan,
    FailedPermanently,
    FailedTransiently,
    HeldBack,
    LeaseRequested,
    MadeChildren,
    OutOfTime,
    Paused,
    Preempted,
    Progressed,
    Retried,
    Succeeded,
)
from stoker.jobs.states import JobState
from stoker.models.job import END_HOOK_DUE, FOUND_BY_STAGE, RUNNING_AGAIN, RUNNING_JOBS, JobOutput

Fields = Mapping[str, Any]
"""The fields to write, by field path."""

CANCELLED = "The job was cancelled, as you asked."
"""The `error` of a cancelled job."""

_RELEASED = {"lease": DELETE_FIELD, "etaSeconds": DELETE_FIELD}
"""The fields that end a lease."""


def nothing(job: JobState, event: Any, now: datetime) -> Fields:
    """Return no fields, for a transition that writes nothing."""
    return {}


def take(job: JobState, event: LeaseRequested, now: datetime) -> Fields:
    """Return the fields of a job that is `processing` under the lease of its next attempt."""
    return {
        **_lapsed(job),
        "status": "processing",
        "stage": "queued",
        "progress": 0,
        "attempt": job.attempt + 1,
        "lease": {"token": event.token, "expiresAt": lease_end(now)},
        "startedAt": SERVER_TIMESTAMP,
    }


def hold_back(job: JobState, event: HeldBack | Paused, now: datetime) -> Fields:
    """Return the fields of a job that must wait: it is `pending`, and its stage says why."""
    stage, due = (event.stage, event.due) if isinstance(event, HeldBack) else ("paused", None)
    fields: dict[str, Any] = {} if job.stage == stage else {"stage": stage}
    if job.state == "processing":  # The lease of its attempt has lapsed.
        fields |= {"status": "pending", "lease": DELETE_FIELD, **_lapsed(job)}
    if due is not None:
        fields["runAfter"] = due
    elif job.run_after is not None and stage in FOUND_BY_STAGE:
        fields["runAfter"] = DELETE_FIELD  # The sweeper finds the job by its stage instead.
    return fields


def report_progress(job: JobState, event: Progressed, now: datetime) -> Fields:
    """Return the progress of the attempt, and a renewed lease."""
    eta = {} if event.eta_seconds is None else {"etaSeconds": event.eta_seconds}
    return {"progress": event.progress, "stage": event.stage, **eta, "lease.expiresAt": lease_end(now)}


def save_checkpoint(job: JobState, event: CheckpointSaved, now: datetime) -> Fields:
    """Return the checkpoint from which the next attempt can go on, and a renewed lease."""
    hook = {"endHook": END_HOOK_DUE} if event.end_hook else {}
    output = {"output": event.output.to_firestore()} if event.output is not None else {}
    lease = {"lease.expiresAt": lease_end(now), "lease.saved": event.mark}
    return {"checkpoint": event.checkpoint, **hook, **output, **lease}


def complete(job: JobState, event: Succeeded | ChildrenEnded, now: datetime) -> Fields:
    """Return the fields of a job that is completed. Only this write publishes the attempt's outputs."""
    output = event.output
    return {
        **_ended_by(job, now),
        "status": "completed",
        "progress": 100,
        "stage": "completed",
        "output": output.to_firestore(),
        "error": DELETE_FIELD,
        "errorCode": DELETE_FIELD,
        **dict.fromkeys(output.forgotten, DELETE_FIELD),
        **_ended(now, output),
    }


def wait_for_children(job: JobState, event: MadeChildren, now: datetime) -> Fields:
    """Return the fields of a job that waits for its children. No attempt holds it in this time."""
    return {
        **_ended_by(job, now),
        "status": "processing",
        "stage": RUNNING_JOBS,
        "children": event.count,
        **_RELEASED,
    }


def fail(job: JobState, event: FailedPermanently | FailedTransiently, now: datetime) -> Fields:
    """Return the fields of a job that ends with the error of the event."""
    reason = _reason(job, event.error, now)
    if isinstance(event, FailedTransiently):  # No attempt is left.
        reason["error"] = f"{event.error.message} Retry the job later. If it fails again, report its id."
    return {**_ended_by(job, now), "status": "failed", **reason, **_ended(now)}


def exhaust(job: JobState, event: LeaseRequested, now: datetime) -> Fields:
    """Return the fields of a job that ends because it has no attempt left."""
    error = AttemptsExhausted(
        f"All {job.attempt} attempts stopped without a result, for example because they ran out of memory. Write a new "
        "job for a smaller file or fewer outputs. If that job fails too, report its id."
    )
    return {"status": "failed", **_reason(job, error, now), **_ended(now)}


def exhaust_work(job: JobState, event: LeaseRequested, now: datetime) -> Fields:
    """Return the fields of a job that ends because its attempts together took the longest time that a job may take."""
    error = WorkExhausted(
        f"All attempts at the job together took {config.MAX_WORK_SECONDS // 3600} hours, and the job is not done. "
        "Divide the work among several jobs."
    )
    return {"status": "failed", **_reason(job, error, now), **_ended(now)}


def cancel(job: JobState, event: Any, now: datetime) -> Fields:
    """Return the fields of a job that ends because its owner has cancelled it or its work is no longer needed."""
    reason = (event.reason if isinstance(event, Cancelled) else None) or CANCELLED
    return {**_ended_by(job, now), "status": "cancelled", **_reason(job, JobCancelled(reason), now), **_ended(now)}


def cancel_with_output(job: JobState, event: ChildrenEnded, now: datetime) -> Fields:
    """Return the fields of a cancelled batch, with the results of the children that had ended before."""
    return {**cancel(job, event, now), "output": event.output.to_firestore()}


def try_again(job: JobState, event: FailedTransiently, now: datetime) -> Fields:
    """Return the fields of a job that is `pending` until the backoff is over."""
    reason = _reason(job, event.error, now)
    reason["error"] = f"{event.error.message} The job is tried again by itself."
    due = now + timedelta(seconds=event.wait_seconds)
    return {**_ended_by(job, now), "status": "pending", "stage": "queued", "runAfter": due, **reason, **_RELEASED}


def give_back(job: JobState, event: Preempted | OutOfTime, now: datetime) -> Fields:
    """Return the fields of a job that is `pending` again after an attempt that does not count."""
    # The job is due at once. If the task is lost, the sweeper finds the job by its `runAfter`.
    again = {"status": "pending", "stage": "queued", "runAfter": now, "attempt": job.attempt - 1, **_RELEASED}
    return {**_ended_by(job, now), **again}


def become_due(job: JobState, event: Due, now: datetime) -> Fields:
    """Return the `runAfter` of a stale job.

    The sweeper finds the job by it from now on, and need not read every pending job.
    """
    return {"runAfter": job.created_at or now}


def request_cancel(job: JobState, event: CancelRequested, now: datetime) -> Fields:
    """Return the request to cancel a job. The job's attempt ends the job, or the next worker that asks for it."""
    return {"cancelRequested": True}


def renew(job: JobState, event: Retried, now: datetime) -> Fields:
    """Return the fields of a job that runs again as if it were new.

    The history stays. If the output counts items, it stays too, because it says which items are done.
    """
    kept = ("output",) if job.failed_items is not None else ()
    # The job is due at once. If the task is lost, the sweeper finds the job within a minute, and not within ten.
    return {**{name: value for name, value in RENEWED.items() if name not in kept}, "runAfter": event.due}


def raise_progress(job: JobState, event: ChildrenProgressed, now: datetime) -> Fields:
    """Return the progress of a batch: that of all its children."""
    return {"progress": event.progress}


def run_children_again(job: JobState, event: ChildRetried, now: datetime) -> Fields:
    """Return the stage of a batch of which a child is retried.

    The sweeper finds a batch that has ended by this stage.
    """
    # A batch that waits for its children is written too. So the fence refuses an end that was decided before the retry.
    return {"stage": RUNNING_JOBS if job.state == "running-jobs" else RUNNING_AGAIN}


def count_again(job: JobState, event: ChildrenCountedAgain, now: datetime) -> Fields:
    """Return the new output of a batch that has ended. The batch keeps its status."""
    over = {"stage": "completed" if job.state == "completed" else RUNNING_JOBS}
    return {"output": event.output.to_firestore(), **({} if event.alive else over)}


def record_end_hook(job: JobState, event: EndHookRan, now: datetime) -> Fields:
    """Return the result of the end hook."""
    return {"endHook": event.result}


RENEWED: Fields = {
    **dict.fromkeys(("error", "errorCode", "output", "startedAt", "completedAt", "expiresAt"), DELETE_FIELD),
    **dict.fromkeys(("runAfter", "lease", "etaSeconds", "cancelRequested"), DELETE_FIELD),
    **dict.fromkeys(("children", "checkpoint", "workSeconds"), DELETE_FIELD),
    "status": "pending",
    "stage": "queued",
    "progress": 0,
    "attempt": 0,
}
"""The fields of a job that begins anew. `endedBy` stays, because it shows that an attempt may have uploaded objects."""


def without_deleted(fields: Fields) -> Fields:
    """Return the fields of a write without the fields that the write deletes."""
    return {name: value for name, value in fields.items() if value is not DELETE_FIELD}


def lease_end(now: datetime) -> datetime:
    """Return the end of a lease that is renewed now."""
    return now + timedelta(seconds=config.LEASE_SECONDS)


def _ended(now: datetime, output: JobOutput | None = None) -> Fields:
    days = (output.keep_days if output is not None else None) or config.KEEP_ENDED_DAYS
    return {
        **_RELEASED,
        "checkpoint": DELETE_FIELD,
        "completedAt": SERVER_TIMESTAMP,
        "expiresAt": now + timedelta(days=days),
    }


def _reason(job: JobState, error: StokerError, now: datetime) -> dict[str, Any]:
    fields: dict[str, Any] = {"error": error.message, "errorCode": error.code}
    if job.attempt_began is not None:
        return {**fields, "attempts": _stored(job.history_with_failure(error.code, now))}
    # An attempt whose lease has lapsed may have uploaded objects. After a retry, only the history shows that.
    return {**fields, **_lapsed(job)}


def _lapsed(job: JobState) -> Fields:
    history = job.history_with_lapsed()
    work = {} if job.work_with_lapsed() == job.work_seconds else {"workSeconds": job.work_with_lapsed()}
    return {**work, **({"attempts": _stored(history)} if history else {})}


def _stored(history: tuple[Mapping[str, Any], ...]) -> list[Mapping[str, Any]]:
    return list(history[-config.ATTEMPTS_KEPT :])


def _ended_by(job: JobState, now: datetime) -> Fields:
    # The token of the lease names the attempt. Its number would not: after a retry, another attempt has the same
    # number.
    return {"endedBy": job.lease_token, "workSeconds": job.work_until(now)} if job.attempt_began is not None else {}
