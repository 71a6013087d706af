"""Admission: may a job begin now? If so, one of all workers that ask for it takes it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from stoker.errors import PermanentError
from stoker.firestore.documents import StoredDocument
from stoker.firestore.fence import Fence
from stoker.firestore.optimistic import until_written
from stoker.firestore.writes import ExtraWrites
from stoker.jobs.commit import commit_transition
from stoker.jobs.events import Cancelled, Claimed, FailedPermanently, HeldBack, JobEvent, Paused
from stoker.jobs.job import load_job, read_job
from stoker.jobs.lease import Lease
from stoker.jobs.limits import Deferred, take_slot
from stoker.jobs.settings import is_paused, settings, users_are_limited
from stoker.jobs.states import JobState
from stoker.jobs.store import store
from stoker.jobs.transitions import Transition, decide, must_wait
from stoker.models.job import has_ended

EARLY = timedelta(seconds=1)
"""A task may come so much too early, because clocks differ."""


class NotYetDue(Exception):
    """The task came early, as it does in the emulator: the queue should send it again."""


@dataclass(frozen=True)
class Refused:
    """A job that may not begin, or need not.

    Attributes:
        state: The job before the refusal.
        transition: What became of it, which is written. Its effects are still to be performed.
    """

    state: JobState
    transition: Transition


def take_job(job_id: str) -> Lease | Refused | None:
    """Take a job that is `pending`, or whose last attempt has gone silent.

    A read, and a write that only the document's unchanged state lets through: of any number of workers one gets it.

    Args:
        job_id: The document's id.

    Returns:
        The lease; or what became of the job instead; or None if there is no such job.

    Raises:
        NotYetDue: The job has to wait for its time.
        Aborted: The document is written by others too often.
    """
    token = store().host.token()
    # Refused, if the owner wrote, another worker did, another job of the owner's began, or our own write arrived and
    # its answer did not.
    return until_written(lambda: _take_job(job_id, token), host=store().host)


def _take_job(job_id: str, token: str) -> Lease | Refused | None:
    found = load_job(job_id)
    if found is None:
        return None
    state, now = JobState.of(job_id, found.data), store().host.now()
    try:
        job = read_job(found)
    except PermanentError as error:
        return None if has_ended(state.state) else _refuse(found, state, FailedPermanently(error), now)
    if state.lease_token == token:
        # Our own write has arrived; its answer was lost.
        held = replace(state, attempt_began=now)
        if state.cancel_requested:
            # The owner has asked for it since. The attempt would not hear of a wish that its first read contains.
            return _refuse(found, held, Cancelled(), now)
        return Lease(Fence(store().documents, found), job, held, limited=users_are_limited())
    if state.state == "pending" and not state.cancel_requested and must_wait(state, now + EARLY):
        raise NotYetDue(f"The job is due at {state.run_after}.")
    claimed = decide(state, Claimed(token), now)
    if not claimed.takes_lease:
        return _refuse(found, state, Claimed(token), now)
    if is_paused(job.document.type) and not state.keeps_no_record:
        return _refuse(found, state, Paused(), now)
    slot = _slot(state)
    if isinstance(slot, Deferred):
        return _refuse(found, state, HeldBack(slot.stage, slot.due), now, slot.extra)
    fence = Fence(store().documents, found)
    fence.write(claimed.fields, slot)
    return Lease(fence, job, state.claimed(token, now), limited=bool(slot))


def _refuse(found: StoredDocument, state: JobState, event: JobEvent, now: datetime, extra: ExtraWrites = ()) -> Refused:
    return Refused(state, commit_transition(found, state, event, extra, now))


def _slot(state: JobState) -> Deferred | ExtraWrites:
    """Return the writes that take a place for a job; or the reason why it may not begin.

    Every rule for who may begin belongs here. The deletion of a user's data takes no place and meets no limit.
    """
    limits = settings().user_limits
    if limits is None or state.user_id is None or state.keeps_no_record:
        return ()
    slot = take_slot(state, state.user_id, limits)
    return slot if isinstance(slot, Deferred) else (slot,)
