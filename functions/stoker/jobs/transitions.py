"""The table of all transitions of a job, and `decide`, which reads the table. No I/O.

`decide` reads `TABLE` from top to bottom, and takes the first row that fits. The state diagram in the documentation is
drawn from the table.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stoker.jobs import fields as write
from stoker.jobs.conditions import (
    always,
    cancel_is_requested,
    has_counted_items,
    has_no_time,
    is_held,
    items_have_failed,
    must_wait,
    no_attempt_is_left,
    no_work_is_left,
)
from stoker.jobs.effects import (
    Effect,
    EnqueueChildren,
    EnqueueTask,
    RecordEvent,
    Redeliver,
    ReleasePlace,
    RemoveLeftovers,
    RunEndHook,
    UpdateParent,
    WakeIfOwnerIdle,
    WakeNext,
)
from stoker.jobs.events import (
    Cancelled,
    CancelRequested,
    CheckpointSaved,
    ChildrenCountedAgain,
    ChildrenEnded,
    ChildrenProgressed,
    ChildRetried,
    Created,
    CreatedForLater,
    Due,
    EndHookRan,
    FailedPermanently,
    FailedTransiently,
    HeldBack,
    JobEvent,
    LeaseLapsed,
    LeaseRequested,
    MadeChildren,
    OutOfTime,
    Paused,
    Preempted,
    Progressed,
    Retried,
    Succeeded,
)
from stoker.jobs.fields import Fields
from stoker.jobs.states import JobState, State
from stoker.models.job import WOKEN_STAGES, JobOutput


class IllegalTransition(Exception):
    """An event that no row of the table allows in the job's state. The document has changed, or the code is wrong."""


@dataclass(frozen=True)
class Transition:
    """A change of a job.

    Attributes:
        state: The state after it.
        fields: The fields to write into the document, by field path. If there are none, nothing is written.
        effects: The effects to perform after the write.
    """

    state: State
    fields: Fields
    effects: tuple[Effect, ...] = ()

    @property
    def takes_lease(self) -> bool:
        """True if an attempt begins with it."""
        return "lease" in self.fields and self.state == "processing"

    @property
    def release(self) -> ReleasePlace | None:
        """The effect that gives the job's place back; None if there is no such effect."""
        return next((effect for effect in self.effects if isinstance(effect, ReleasePlace)), None)


# --- Effects -------------------------------------------------------------------------------------


def no_effects(job: JobState, event: Any, fields: Fields, now: datetime) -> tuple[Effect, ...]:
    """Return no effects, for a transition without effects."""
    return ()


def _enqueue(job: JobState, event: Any, fields: Fields, now: datetime) -> tuple[Effect, ...]:
    return (EnqueueTask(f"{event.occasion}/{job.attempt}"),)


def _enqueue_for_later(job: JobState, event: CreatedForLater, fields: Fields, now: datetime) -> tuple[Effect, ...]:
    return (EnqueueTask(f"{event.occasion}/{job.attempt}", event.due),)


def _after_end(job: JobState, event: Any, fields: Fields, now: datetime) -> tuple[Effect, ...]:
    attempted = job.attempt_began is not None
    # A job that waits for its children holds no place.
    began = job.user_id is not None and job.state != "running-jobs" and (attempted or job.started_at is not None)
    released = _leave(job, event.output if isinstance(event, Succeeded) else None) if began else ()
    # If the first attempt succeeds, its output names every uploaded object, so there are no leftovers. A retry deletes
    # `startedAt`, but the history or `endedBy` still shows that there was an earlier run. Objects of that run are still
    # there if the job was retried before they were removed.
    is_first = job.started_at is None and not job.history and job.ended_by is None
    uploaded = job.user_id is not None and (not is_first or (attempted and not isinstance(event, Succeeded)))
    return (
        *released,
        *_record(job, event, fields, now),
        *((RemoveLeftovers(),) if uploaded else ()),
        *((WakeNext(),) if job.user_id is not None else ()),
        *((UpdateParent(job.parent_id),) if job.parent_id is not None else ()),
        *_run_end_hook(job),
    )


def _run_end_hook(job: JobState) -> tuple[Effect, ...]:
    return (RunEndHook(),) if job.end_hook_due else ()


def _after_batch(job: JobState, event: Any, fields: Fields, now: datetime) -> tuple[Effect, ...]:
    return (*_record(job, event, fields, now), *_run_end_hook(job))


def _leave(job: JobState, output: JobOutput | None = None) -> tuple[Effect, ...]:
    # The deletion of a user's data holds no place, and must not write to a document that it has deleted.
    if job.deletes_owner:
        return ()
    return (ReleasePlace() if output is None else ReleasePlace(output.total_bytes, math.ceil(output.media_seconds)),)


def _record(job: JobState, event: Any, fields: Fields, now: datetime) -> tuple[Effect, ...]:
    if job.deletes_owner:
        return ()
    code = {"errorCode": str(fields["errorCode"])} if fields["status"] == "failed" else {}
    seconds = max(0.0, (now - job.created_at).total_seconds()) if job.created_at is not None else None
    return (RecordEvent(f"job.{fields['status']}", {"type": job.type, **code}, seconds, now),)


def _clean_up(job: JobState, event: Any, fields: Fields, now: datetime) -> tuple[Effect, ...]:
    # The attempt that ended the job may have died before it removed the leftovers.
    return (RemoveLeftovers(),)


def _look_at_children(job: JobState, event: Any, fields: Fields, now: datetime) -> tuple[Effect, ...]:
    return (UpdateParent(job.id),)


def _after_hand_over(job: JobState, event: Any, fields: Fields, now: datetime) -> tuple[Effect, ...]:
    return (*_leave(job), WakeNext(), EnqueueChildren())


def _after_attempt(job: JobState, event: Any, fields: Fields, now: datetime) -> tuple[Effect, ...]:
    # The attempt's unique name is in the task's name. Its number alone would come again if the attempt does not count,
    # or if the job is retried.
    return (*_leave(job), WakeNext(), EnqueueTask(f"after/{job.attempt_name}", fields.get("runAfter")))


def _after_preemption(job: JobState, event: Any, fields: Fields, now: datetime) -> tuple[Effect, ...]:
    return (*_leave(job), WakeNext(), Redeliver())


def _after_hold(job: JobState, event: HeldBack, fields: Fields, now: datetime) -> tuple[Effect, ...]:
    # This job was woken and may not begin, so it wakes another job in its place. At a limit of the day, this is a job
    # that has begun on another day. In a full queue, it is a job of another type.
    if event.stage == "waiting-for-tomorrow":
        return (WakeNext(),) if job.stage == "queued" else ()
    woken = (WakeNext(in_queue=False),) if event.stage == "waiting-for-other-users" and job.stage == "queued" else ()
    return (WakeIfOwnerIdle(), *woken) if event.stage in WOKEN_STAGES else ()


def _after_pause(job: JobState, event: Any, fields: Fields, now: datetime) -> tuple[Effect, ...]:
    # The job is paused, so a job of another type may begin in its place.
    return (*(_leave(job) if job.state == "processing" else ()), WakeNext())


# --- The table -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A row of the table.

    Attributes:
        states: The states in which the row fits.
        events: The events that the row fits.
        after: The new state; None if the state stays as it is.
        when: The condition under which the row fits.
        fields: A function that returns the fields to write, from the job, the event and the time.
        effects: A function that returns the effects, from the job, the event, the fields and the time.
    """

    states: tuple[State, ...]
    events: tuple[type[Any], ...]
    after: State | None
    fields: Callable[[JobState, Any, datetime], Fields] = write.nothing
    effects: Callable[[JobState, Any, Fields, datetime], tuple[Effect, ...]] = no_effects
    when: Callable[[JobState, datetime], bool] = always


ALIVE: tuple[State, ...] = ("pending", "processing", "running-jobs")
ENDED: tuple[State, ...] = ("completed", "failed", "cancelled")
OPEN: tuple[State, ...] = ("pending", "processing")
"""The states of a job that an attempt may take."""
FOUND = (Created, Due, LeaseLapsed)
"""The events that bring a job to its queue."""

TABLE: tuple[Row, ...] = (
    # A client has written the job, or the sweeper has found it. It goes into its queue.
    Row(("pending",), FOUND, "cancelled", write.cancel, _after_end, when=cancel_is_requested),
    Row(("pending",), (CreatedForLater,), None, effects=_enqueue_for_later),
    Row(ALIVE, FOUND, None, when=must_wait),
    Row(("pending",), (Due,), None, write.become_due, _enqueue, when=has_no_time),
    Row(ALIVE, FOUND, None, effects=_enqueue),
    # A worker asks for the job, and takes it if the job may begin.
    Row(ENDED, (LeaseRequested,), None, effects=_clean_up),
    Row(("running-jobs",), (LeaseRequested,), None, effects=_look_at_children),
    Row(("processing",), (LeaseRequested,), None, when=is_held),
    Row(OPEN, (LeaseRequested,), "cancelled", write.cancel, _after_end, when=cancel_is_requested),
    Row(OPEN, (LeaseRequested,), "failed", write.exhaust, _after_end, when=no_attempt_is_left),
    Row(OPEN, (LeaseRequested,), "failed", write.exhaust_work, _after_end, when=no_work_is_left),
    Row(OPEN, (LeaseRequested,), "processing", write.take),
    Row(OPEN, (HeldBack,), "pending", write.hold_back, _after_hold),
    Row(OPEN, (Paused,), "pending", write.hold_back, _after_pause),
    # The attempt reports.
    Row(("processing",), (Progressed,), "processing", write.report_progress),
    Row(("processing",), (CheckpointSaved,), "processing", write.save_checkpoint),
    # The attempt ends.
    Row(("processing",), (Succeeded,), "completed", write.complete, _after_end),
    Row(("processing",), (MadeChildren,), "running-jobs", write.wait_for_children, _after_hand_over),
    Row(("processing",), (FailedTransiently,), "failed", write.fail, _after_end, when=no_attempt_is_left),
    Row(("processing",), (FailedTransiently,), "pending", write.try_again, _after_attempt),
    Row(("processing",), (Preempted,), "pending", write.give_back, _after_preemption),
    Row(("processing",), (OutOfTime,), "pending", write.give_back, _after_attempt),
    # The job ends, with an attempt or without.
    Row(ALIVE, (FailedPermanently,), "failed", write.fail, _after_end),
    Row(OPEN, (Cancelled,), "cancelled", write.cancel, _after_end),
    # The job's children make progress.
    Row(("running-jobs",), (ChildrenProgressed,), "running-jobs", write.raise_progress),
    Row(("running-jobs",), (ChildrenEnded,), "cancelled", write.cancel_with_output, _after_batch, cancel_is_requested),
    Row(("running-jobs",), (ChildrenEnded,), "completed", write.complete, _after_batch),
    # A child of the job is retried. A batch that has ended keeps its status, and its output is counted again.
    Row(("running-jobs",), (ChildRetried,), None, write.run_children_again),
    Row(ENDED, (ChildRetried,), None, write.run_children_again, when=has_counted_items),
    Row(ENDED, (ChildRetried,), None),
    Row(ENDED, (ChildrenCountedAgain,), None, write.count_again),
    # The job has ended, and its end hook has run.
    Row(ENDED, (EndHookRan,), None, write.record_end_hook),
    # The owner asks for something.
    Row(ALIVE, (CancelRequested,), None, write.request_cancel),
    Row(("failed", "cancelled"), (Retried,), "pending", write.renew),
    Row(("completed",), (Retried,), "pending", write.renew, when=items_have_failed),
)


def decide(job: JobState, event: JobEvent, now: datetime) -> Transition:
    """Return the transition of a job that an event causes.

    Args:
        job: The facts about the job.
        event: The event.
        now: The time, in UTC.

    Raises:
        IllegalTransition: The table has no row for the event in the job's state.

    Example:
        >>> from datetime import UTC
        >>> now = datetime(2026, 1, 1, tzinfo=UTC)
        >>> decide(JobState("holiday", "pending", cancel_requested=True), LeaseRequested("t"), now).state
        'cancelled'
    """
    for row in TABLE:
        if job.state in row.states and isinstance(event, row.events) and row.when(job, now):
            fields = row.fields(job, event, now)
            return Transition(row.after or job.state, fields, row.effects(job, event, fields, now))
    raise IllegalTransition(f"A job that is {job.state} can't meet {type(event).__name__}.")
