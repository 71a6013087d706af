"""Admission: may a job begin now? If so, one of all workers that ask for it takes it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from stoker.access.standing import Standing
from stoker.errors import AccountGone, AccountLocked, PermanentError
from stoker.firestore.documents import StoredDocument
from stoker.firestore.fence import Fence
from stoker.firestore.optimistic import until_written
from stoker.firestore.writes import ExtraWrites
from stoker.jobs.commit import commit_transition
from stoker.jobs.conditions import must_wait
from stoker.jobs.events import Cancelled, Claimed, FailedPermanently, HeldBack, JobEvent, Paused
from stoker.jobs.job import load_job, read_job
from stoker.jobs.lease import Lease
from stoker.jobs.limits import AboveQuota, Deferred, take_slot
from stoker.jobs.settings import is_paused, settings, users_are_limited
from stoker.jobs.states import JobState
from stoker.jobs.store import store
from stoker.jobs.transitions import Transition, decide
from stoker.models.document import MakesNoFiles
from stoker.models.job import has_ended

EARLY = timedelta(seconds=1)
"""A task may come so much too early, because clocks differ."""


TAKE_SECONDS = 30.0
"""The longest time for which a worker asks for a job while the store does not answer. The worker may have taken the
lease without knowing. The lease lasts three times as long, and Cloud Tasks sends the task again afterwards."""


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

    A read, and a write that only the document's unchanged state lets through: of any number of workers one gets it. If
    the answer to the write is lost, the document is read again: the token says whether the write has arrived.

    Args:
        job_id: The document's id.

    Returns:
        The lease; or what became of the job instead; or None if there is no such job.

    Raises:
        NotYetDue: The job has to wait for its time.
        Aborted: The document is written by others too often.
        GoogleAPIError: The store has not answered for `TAKE_SECONDS`: one of `stoker.firestore.api_errors.TRANSIENT`.
    """
    token = store().host.token()
    # Refused, if the owner wrote, another worker did, another job of the owner's began, or our own write arrived and
    # its answer did not. Without the same token, a task that comes again would have to wait for our own lease to lapse.
    return until_written(
        lambda: _take_job(job_id, token), seconds=TAKE_SECONDS, through_outages=True, host=store().host
    )


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
    account = None
    if not state.deletes_owner:  # A deletion itself judges the account that it has locked.
        account = store().standing(job.document.user_id)
        problem = account_problem(account)
        if problem is not None:
            return _refuse(found, state, FailedPermanently(problem), now)
    if is_paused(job.document.type) and not state.deletes_owner:
        return _refuse(found, state, Paused(), now)
    slot = _slot(state, account, makes_files=not isinstance(job.input, MakesNoFiles))
    if isinstance(slot, Deferred):
        return _refuse(found, state, HeldBack(slot.stage, slot.due), now, slot.extra)
    if isinstance(slot, AboveQuota):
        return _refuse(found, state, FailedPermanently(slot.error), now, slot.extra)
    fence = Fence(store().documents, found)
    fence.write(claimed.fields, slot)
    return Lease(fence, job, state.claimed(token, now), limited=bool(slot))


def account_problem(standing: Standing | None) -> PermanentError | None:
    """Return the reason why no job of a user may run, if there is a reason. The ID token writes on for an hour.

    Args:
        standing: The facts about the user's account; None if they are not known.
    """
    if standing is None:
        return None
    if standing.is_gone:
        return AccountGone("This account was deleted, so that its jobs no longer run.")
    if standing.is_locked:
        return AccountLocked("This account is locked, so that its jobs do not run. Ask the people who run this app.")
    return None


def _refuse(found: StoredDocument, state: JobState, event: JobEvent, now: datetime, extra: ExtraWrites = ()) -> Refused:
    return Refused(state, commit_transition(found, state, event, extra, now))


def _slot(state: JobState, account: Standing | None, *, makes_files: bool) -> Deferred | AboveQuota | ExtraWrites:
    """Return the writes that take a place for a job; or the reason why it may not begin.

    Every rule for who may begin belongs here. The deletion of a user's data takes no place and meets no limit.
    """
    limits = settings().user_limits
    if limits is None or state.user_id is None or state.deletes_owner:
        return ()
    created_at = account.created_at if account is not None else None
    slot = take_slot(state, state.user_id, limits, created_at, makes_files=makes_files)
    return slot if isinstance(slot, Deferred | AboveQuota) else (slot,)
