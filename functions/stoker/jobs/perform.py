"""Performing effects: all that follows from a transition once it is written."""

from stoker.firestore.documents import StoredDocument
from stoker.firestore.writes import ExtraWrites, Written
from stoker.jobs.children import enqueue_children, update_parent
from stoker.jobs.commit import commit_transition, log_of
from stoker.jobs.effects import (
    Effect,
    EnqueueChildren,
    EnqueueTask,
    LookForRelease,
    RemoveLeftovers,
    RunEndHook,
    UpdateParent,
    WakeNext,
)
from stoker.jobs.end_hook import run_end_hook
from stoker.jobs.events import JobEvent
from stoker.jobs.leftovers import remove_leftovers
from stoker.jobs.metrics import job_queued
from stoker.jobs.settings import users_are_limited
from stoker.jobs.states import JobState
from stoker.jobs.store import store
from stoker.jobs.transitions import Transition
from stoker.jobs.waiting import look_for_release, wake_next


def apply(document: StoredDocument, job: JobState, event: JobEvent, extra: ExtraWrites = ()) -> Transition:
    """Decide on a transition of a job that no attempt of this process holds, write it, and perform its effects.

    Args, returns and raises as `commit_transition` and `perform`.
    """
    transition = commit_transition(document, job, event, extra)
    perform(job, transition)
    return transition


def perform(job: JobState, transition: Transition, released: Written | None = None) -> None:
    """Perform the effects that follow a transition. An effect that fails does not keep the others from being performed.

    Args:
        job: The job before it.
        transition: The transition, which was written.
        released: The answer to the write that gives the job's place back, if it is known.

    Raises:
        Exception: Leftovers could not be removed. A task that is sent again removes them. All other effects are left
            to the sweeper if they fail.
    """
    kept: Exception | None = None
    for effect in transition.effects:
        try:
            _perform(job, effect, released)
        except Exception as error:
            # The transition is written. The sweeper does it: it queues the job, wakes those that wait, looks after
            # parents, and runs end hooks.
            log_of(job).error(f"{type(effect).__name__} failed after the job had become {transition.state}.", error)
            kept = error if isinstance(effect, RemoveLeftovers) else kept
    if kept is not None:
        raise kept


def _perform(job: JobState, effect: Effect, released: Written | None) -> None:
    match effect:
        case EnqueueTask():
            store().enqueue(job, effect.occasion, effect.due)
            if job.attempt_began is None:  # An attempt has its own line in the log.
                job_queued(log_of(job), effect.occasion.partition("/")[0])
        case EnqueueChildren():
            enqueue_children(job.id)
        case WakeNext() if job.user_id is not None and (released is not None or users_are_limited()):
            wake_next(job.user_id, job.type if effect.in_queue else None, released)
        case LookForRelease() if job.user_id is not None:
            look_for_release(job.user_id, job.type)
        case RemoveLeftovers() if job.user_id is not None:
            remove_leftovers(job.user_id, job.id)
        case UpdateParent():
            update_parent(effect.parent_id)
        case RunEndHook():
            run_end_hook(job.id)
