"""The fields that each transition of a job writes. Pure functions of the job, the event and the time."""

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
    Claimed,
    Due,
    EndHookRan,
    FailedPermanently,
    FailedTransiently,
    HeldBack,
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
"""By field path."""

CANCELLED = "The job was cancelled, as you asked."
"""The `error` of a cancelled job."""

_RELEASED = {"lease": DELETE_FIELD, "etaSeconds": DELETE_FIELD}
"""Nobody works on the job any more."""


def nothing(job: JobState, event: Any, now: datetime) -> Fields:
    """Return no fields."""
    return {}


def take(job: JobState, event: Claimed, now: datetime) -> Fields:
    """Take: the job is `processing`, under the lease of its next attempt."""
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
    """Hold back: the job is `pending`, and its stage gives the reason."""
    stage, due = (event.stage, event.due) if isinstance(event, HeldBack) else ("paused", None)
    fields: dict[str, Any] = {} if job.stage == stage else {"stage": stage}
    if job.state == "processing":  # Its attempt has gone silent.
        fields |= {"status": "pending", "lease": DELETE_FIELD, **_lapsed(job)}
    if due is not None:
        fields["runAfter"] = due
    elif job.run_after is not None and stage in FOUND_BY_STAGE:
        fields["runAfter"] = DELETE_FIELD  # It was due, and the sweeper need not find the job for that.
    return fields


def report_progress(job: JobState, event: Progressed, now: datetime) -> Fields:
    """Report: the progress of the attempt, and a renewed lease."""
    eta = {} if event.eta_seconds is None else {"etaSeconds": event.eta_seconds}
    return {"progress": event.progress, "stage": event.stage, **eta, "lease.expiresAt": lease_end(now)}


def save_checkpoint(job: JobState, event: CheckpointSaved, now: datetime) -> Fields:
    """Save: the checkpoint from which the next attempt can go on, and a renewed lease."""
    hook = {"endHook": END_HOOK_DUE} if event.end_hook else {}
    figures = {"output": event.output.to_firestore()} if event.output is not None else {}
    lease = {"lease.expiresAt": lease_end(now), "lease.saved": event.mark}
    return {"checkpoint": event.checkpoint, **hook, **figures, **lease}


def complete(job: JobState, event: Succeeded | ChildrenEnded, now: datetime) -> Fields:
    """Complete: the job has a result. This write alone makes the attempt's outputs the job's."""
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
    """Wait: no attempt holds the job while its children run."""
    return {
        **_ended_by(job, now),
        "status": "processing",
        "stage": RUNNING_JOBS,
        "children": event.count,
        **_RELEASED,
    }


def fail(job: JobState, event: FailedPermanently | FailedTransiently, now: datetime) -> Fields:
    """Fail: the job ends with the error of the event."""
    return {**_ended_by(job, now), "status": "failed", **_reason(job, event.error, now), **_ended(now)}


def exhaust(job: JobState, event: Claimed, now: datetime) -> Fields:
    """Exhaust: the job ends, because every attempt at it was lost."""
    error = AttemptsExhausted(
        f"Each of {job.attempt} attempts was lost before it could tell why. Write a new job for a smaller "
        "file or fewer outputs; if that is lost too, report the job's id."
    )
    return {"status": "failed", **_reason(job, error, now), **_ended(now)}


def exhaust_work(job: JobState, event: Claimed, now: datetime) -> Fields:
    """Exhaust: the job ends, because all attempts together took as long as a job may take."""
    error = WorkExhausted(
        f"The job was worked on for {config.MAX_WORK_SECONDS // 3600} hours in all, and is not done. Divide the work "
        "among several jobs."
    )
    return {"status": "failed", **_reason(job, error, now), **_ended(now)}


def cancel(job: JobState, event: Any, now: datetime) -> Fields:
    """Cancel: the job ends, because its owner asked for that, or because its work is needed no longer."""
    reason = (event.reason if isinstance(event, Cancelled) else None) or CANCELLED
    return {**_ended_by(job, now), "status": "cancelled", **_reason(job, JobCancelled(reason), now), **_ended(now)}


def cancel_with_output(job: JobState, event: ChildrenEnded, now: datetime) -> Fields:
    """Cancel a batch: the job ends with the results of the children that had ended by then."""
    return {**cancel(job, event, now), "output": event.output.to_firestore()}


def try_again(job: JobState, event: FailedTransiently, now: datetime) -> Fields:
    """Try again: the job is `pending` until the wait is over."""
    reason = _reason(job, event.error, now)
    reason["error"] = f"{event.error.message} The job is tried again by itself."
    due = now + timedelta(seconds=event.wait_seconds)
    return {**_ended_by(job, now), "status": "pending", "stage": "queued", "runAfter": due, **reason, **_RELEASED}


def give_back(job: JobState, event: Preempted | OutOfTime, now: datetime) -> Fields:
    """Give back: the job is `pending` again, and this attempt does not count."""
    # Due at once: should the task be lost, the sweeper finds the job by its time.
    again = {"status": "pending", "stage": "queued", "runAfter": now, "attempt": job.attempt - 1, **_RELEASED}
    return {**_ended_by(job, now), **again}


def become_due(job: JobState, event: Due, now: datetime) -> Fields:
    """Become due: from now on, the sweeper finds the job by its time, and need not read all that is pending."""
    return {"runAfter": job.created_at or now}


def request_cancel(job: JobState, event: CancelRequested, now: datetime) -> Fields:
    """Request the cancellation. The attempt ends the job, or the next worker that looks at the job does."""
    return {"cancelRequested": True}


def renew(job: JobState, event: Retried, now: datetime) -> Fields:
    """Renew: the job is as if it were new, but for its history. Figures stay too: they say which items are done."""
    kept = ("output",) if job.failed_items is not None else ()
    # Due at once: should the task be lost, the sweeper finds the job within a minute, and not within ten.
    return {**{name: value for name, value in RENEWED.items() if name not in kept}, "runAfter": event.due}


def raise_progress(job: JobState, event: ChildrenProgressed, now: datetime) -> Fields:
    """Raise the progress of a batch to that of its children."""
    return {"progress": event.progress}


def run_children_again(job: JobState, event: ChildRetried, now: datetime) -> Fields:
    """Run children again: a batch that has ended says so by its stage, by which the sweeper finds it."""
    # Also if the batch waits for its children: the write refuses an end that was decided without the retried child.
    return {"stage": RUNNING_JOBS if job.state == "running-jobs" else RUNNING_AGAIN}


def count_again(job: JobState, event: ChildrenCountedAgain, now: datetime) -> Fields:
    """Count again: the batch has new figures, and stays as it has ended."""
    over = {"stage": "completed" if job.state == "completed" else RUNNING_JOBS}
    return {"output": event.output.to_firestore(), **({} if event.alive else over)}


def record_end_hook(job: JobState, event: EndHookRan, now: datetime) -> Fields:
    """Record the result of the end hook."""
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
"""The fields of a job that begins anew. `endedBy` stays: it says that an attempt may have uploaded something."""


def without_deleted(fields: Fields) -> Fields:
    """Return the fields that remain after a write, without those that the write deletes."""
    return {name: value for name, value in fields.items() if value is not DELETE_FIELD}


def lease_end(now: datetime) -> datetime:
    """Return the time until which an attempt that writes now is believed to be alive."""
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
    # An attempt that has gone silent may have uploaded something. The history is what says so after a retry.
    return {**fields, **_lapsed(job)}


def _lapsed(job: JobState) -> Fields:
    history = job.history_with_lapsed()
    work = {} if job.work_with_lapsed() == job.work_seconds else {"workSeconds": job.work_with_lapsed()}
    return {**work, **({"attempts": _stored(history)} if history else {})}


def _stored(history: tuple[Mapping[str, Any], ...]) -> list[Mapping[str, Any]]:
    return list(history[-config.ATTEMPTS_TOLD :])


def _ended_by(job: JobState, now: datetime) -> Fields:
    # By its token, and not its number: after a retry by hand, another attempt has the same number.
    return {"endedBy": job.lease_token, "workSeconds": job.work_until(now)} if job.attempt_began is not None else {}
