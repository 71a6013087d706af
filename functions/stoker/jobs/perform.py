"""The performing of a transition's effects, after the transition was written."""

from stoker.firestore.documents import StoredDocument
from stoker.firestore.writes import ExtraWrites, Written
from stoker.jobs.children import enqueue_children, update_parent
from stoker.jobs.commit import commit_transition, log_of
from stoker.jobs.effects import (
    Effect,
    EnqueueChildren,
    EnqueueTask,
    RemoveLeftovers,
    RunEndHook,
    UpdateParent,
    WakeIfOwnerIdle,
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
from stoker.jobs.waiting import wake_if_owner_idle, wake_next


def apply(document: StoredDocument, job: JobState, event: JobEvent, extra: ExtraWrites = ()) -> Transition:
    """Decide on a transition of a job that no attempt of this process holds, write it, and perform its effects.

    The arguments, the result and the errors are those of `commit_transition` and `perform`.
    """
    transition = commit_transition(document, job, event, extra)
    perform(job, transition)
    return transition


def perform(job: JobState, transition: Transition, released: Written | None = None) -> None:
    """Perform the effects of a transition. If an effect fails, the others are still performed.

    Args:
        job: The facts about the job before the transition.
        transition: The transition, which was written.
        released: The answer to the write that gave the job's place back; None if it is not known.

    Raises:
        Exception: Leftovers could not be removed. Cloud Tasks then sends the task again, which removes them. All other
            effects are left to the sweeper if they fail.
    """
    failed_removal: Exception | None = None
    for effect in transition.effects:
        try:
            _perform(job, effect, released)
        except Exception as error:
            # The transition is written, so the sweeper makes up for the effect: it queues jobs, wakes waiting jobs,
            # updates parents and runs end hooks.
            log_of(job).error(f"{type(effect).__name__} failed after the job had become {transition.state}.", error)
            failed_removal = error if isinstance(effect, RemoveLeftovers) else failed_removal
    if failed_removal is not None:
        raise failed_removal


def _perform(job: JobState, effect: Effect, released: Written | None) -> None:
    match effect:
        case EnqueueTask():
            store().enqueue(job, effect.occasion, effect.due)
            if job.attempt_began is None:  # The end of an attempt has a log line of its own.
                job_queued(log_of(job), effect.occasion.partition("/")[0])
        case EnqueueChildren():
            enqueue_children(job.id)
        case WakeNext() if job.user_id is not None and (released is not None or users_are_limited()):
            wake_next(job.user_id, job.type if effect.in_queue else None, released)
        case WakeIfOwnerIdle() if job.user_id is not None:
            wake_if_owner_idle(job.user_id, job.type)
        case RemoveLeftovers() if job.user_id is not None:
            remove_leftovers(job.user_id, job.id)
        case UpdateParent():
            update_parent(effect.parent_id)
        case RunEndHook():
            run_end_hook(job.id)
