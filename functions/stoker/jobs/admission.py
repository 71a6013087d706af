"""Admission: may a job begin now? If so, one of all workers that ask for it takes it."""

from dataclasses import replace
from datetime import timedelta

from stoker.errors import PermanentError
from stoker.firestore.documents import StoredDocument
from stoker.firestore.fence import Fence
from stoker.firestore.optimistic import until_written
from stoker.firestore.writes import ExtraWrites
from stoker.jobs.children import update_parent
from stoker.jobs.commit import load, log_of
from stoker.jobs.events import Claimed, FailedPermanently, HeldBack, Paused
from stoker.jobs.job import Job, read_job
from stoker.jobs.lease import Lease
from stoker.jobs.leftovers import remove_leftovers
from stoker.jobs.limits import Deferred, take_slot
from stoker.jobs.perform import apply
from stoker.jobs.settings import settings
from stoker.jobs.states import JobState
from stoker.jobs.store import store
from stoker.jobs.transitions import decide, must_wait
from stoker.models.job import ProcessingJob, has_ended

EARLY = timedelta(seconds=1)
"""Clocks differ."""


class NotYetDue(Exception):
    """The task came early, as it does in the emulator: the queue should send it again."""


def take_job(job_id: str) -> Lease | None:
    """Take a job that is `pending`, or whose last attempt has gone silent.

    A read, and a write that only the document's unchanged state lets through: of any number of workers one gets it.

    Args:
        job_id: The document's id.

    Returns:
        The lease, or None if there is nothing to do: the job has ended, another worker holds it, it has to wait, or it
        was ended here because it can't run.

    Raises:
        NotYetDue: The job has to wait for its time.
        Aborted: The document is written by others too often.
    """
    token = store().host.token()
    # Refused, if the owner wrote, another worker did, another job of the owner's began, or our own write arrived and
    # its answer did not.
    return until_written(lambda: _take_job(job_id, token), host=store().host)


def _take_job(job_id: str, token: str) -> Lease | None:
    found = load(job_id)
    if found is None:
        return None
    state = JobState.of(job_id, found.data)
    try:
        job = read_job(job_id, found.data)
    except PermanentError as error:
        if not has_ended(state.status):
            apply(found, state, FailedPermanently(error))
        return None
    if has_ended(state.status):
        # The attempt that ended it may have died before its last step.
        remove_leftovers(job.document.user_id, job_id)
        return None
    if state.state == "running-jobs":
        update_parent(job_id)  # No attempt is to work on it.
        return None
    now = store().host.now()
    if state.lease_token == token:
        # Our own write has arrived; its answer was lost.
        held = replace(state, attempt_began=now)
        return Lease(Fence(store().documents, found), job, held, limited=_limited())
    if state.is_held(now):
        return None
    if state.state == "pending" and not state.cancel_requested and must_wait(state, now + EARLY):
        raise NotYetDue(f"The job is due at {state.run_after}.")
    return _admit(found, state, job, token)


def _admit(found: StoredDocument, state: JobState, job: Job, token: str) -> Lease | None:
    """Take a job that nobody holds, if it may begin."""
    now = store().host.now()
    claimed = decide(state, Claimed(token), now)
    if has_ended(claimed.state):
        apply(found, state, Claimed(token))
        return None
    if job.document.type in settings().paused:
        apply(found, state, Paused())
        log_of(state).info("The job has to wait.", stage="paused")
        return None
    slot = _slot(job.document)
    if isinstance(slot, Deferred):
        apply(found, state, HeldBack(slot.stage, slot.due), slot.extra)
        log_of(state).info("The job has to wait.", stage=slot.stage)
        return None
    fence = Fence(store().documents, found)
    fence.write(claimed.fields, slot)
    return Lease(fence, job, state.claimed(token, now), limited=_limited())


def _slot(document: ProcessingJob) -> Deferred | ExtraWrites:
    """The writes that take a place for a job; or the reason why it may not begin.

    All that shares a queue's places between users belongs here.
    """
    limits = settings().user_limits
    if limits is None:
        return ()
    slot = take_slot(document, limits)
    return slot if isinstance(slot, Deferred) else (slot,)


def _limited() -> bool:
    return settings().user_limits is not None
