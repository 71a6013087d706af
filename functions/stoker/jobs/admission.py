"""The admission of a job: decide whether it may begin now. If so, exactly one of the workers that ask takes it."""

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
from stoker.jobs.events import Cancelled, FailedPermanently, HeldBack, JobEvent, LeaseRequested, Paused
from stoker.jobs.job import load_job, read_job
from stoker.jobs.lease import Lease
from stoker.jobs.limits import AboveQuota, Deferred, take_place
from stoker.jobs.settings import is_paused, settings, users_are_limited
from stoker.jobs.states import JobState
from stoker.jobs.store import store
from stoker.jobs.transitions import Transition, decide
from stoker.models.document import MakesNoFiles
from stoker.models.job import has_ended

EARLY = timedelta(seconds=1)
"""A task may come this much too early, because clocks differ."""

TAKE_SECONDS = 30.0
"""The longest time for which a worker tries to take a job while the store does not answer, in seconds.

The write may have arrived, so that the worker has the lease without knowing it. The lease lasts three times as long,
and Cloud Tasks sends the task again afterwards."""


class NotYetDue(Exception):
    """A task that came too early, as tasks do in the emulator. The queue must send it again."""


@dataclass(frozen=True)
class Refused:
    """A job that may not begin, or need not begin.

    Attributes:
        state: The facts about the job before the refusal.
        transition: The transition that was written instead. The caller must still perform its effects.
    """

    state: JobState
    transition: Transition


def take_job(job_id: str) -> Lease | Refused | None:
    """Take a job under a new lease, if it is `pending` or if its last lease has lapsed.

    This reads the document, and writes it on the condition that it is unchanged. So of any number of workers exactly
    one takes the job. If the answer to the write is lost, the document is read again: the token of its lease shows
    whether the write has arrived.

    Args:
        job_id: The document's id.

    Returns:
        The lease; or the refusal, if the job may not begin; or None if there is no such job.

    Raises:
        NotYetDue: The job must wait for its `runAfter`.
        Aborted: Others have written the document in every try.
        GoogleAPIError: The store has not answered for `TAKE_SECONDS`: one of `stoker.firestore.api_errors.TRANSIENT`.
    """
    token = store().host.token()
    # The write is refused if the owner or another worker has written the job, if another job of the owner has begun, or
    # if our own write has arrived and its answer was lost. All tries use the same token, to find the last case.
    # Otherwise, the task that is sent again would have to wait until our own lease lapses.
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
        # Our own write has arrived, and its answer was lost.
        held = replace(state, attempt_began=now)
        if state.cancel_requested:
            # The owner has cancelled the job since. The attempt would not notice it: only a refused write makes an
            # attempt read the document, and this read comes before its first write.
            return _refuse(found, held, Cancelled(), now)
        return Lease(Fence(store().documents, found), job, held, limited=users_are_limited())
    if state.state == "pending" and not state.cancel_requested and must_wait(state, now + EARLY):
        raise NotYetDue(f"The job is due at {state.run_after}.")
    decision = decide(state, LeaseRequested(token), now)
    if not decision.takes_lease:
        return _refuse(found, state, LeaseRequested(token), now)
    account = None
    if not state.deletes_owner:  # A deletion checks the account by itself, because it has locked it.
        account = store().standing(job.document.user_id)
        problem = account_problem(account)
        if problem is not None:
            return _refuse(found, state, FailedPermanently(problem), now)
    if is_paused(job.document.type) and not state.deletes_owner:
        return _refuse(found, state, Paused(), now)
    place = _place(state, account, makes_files=not isinstance(job.input, MakesNoFiles))
    if isinstance(place, Deferred):
        return _refuse(found, state, HeldBack(place.stage, place.due), now, place.extra)
    if isinstance(place, AboveQuota):
        return _refuse(found, state, FailedPermanently(place.error), now, place.extra)
    fence = Fence(store().documents, found)
    fence.write(decision.fields, place)
    return Lease(fence, job, state.leased(token, now), limited=bool(place))


def account_problem(standing: Standing | None) -> PermanentError | None:
    """Return the reason why no job of a user may run; None if the user's jobs may run.

    This must be checked for each job, because the ID token of a locked or deleted account can write jobs for an hour.

    Args:
        standing: The facts about the user's account; None if they are not known.
    """
    if standing is None:
        return None
    if standing.is_gone:
        return AccountGone("This account was deleted, so its jobs no longer run. Use another account.")
    if standing.is_locked:
        return AccountLocked("This account is locked, so its jobs do not run. Ask the people who run this app.")
    return None


def _refuse(found: StoredDocument, state: JobState, event: JobEvent, now: datetime, extra: ExtraWrites = ()) -> Refused:
    return Refused(state, commit_transition(found, state, event, extra, now))


def _place(state: JobState, account: Standing | None, *, makes_files: bool) -> Deferred | AboveQuota | ExtraWrites:
    """Return the writes that take a place for a job; or the reason why the job may not begin.

    Every rule about the jobs that may begin belongs here. A deletion of a user's data takes no place and meets no
    limit.
    """
    limits = settings().user_limits
    if limits is None or state.user_id is None or state.deletes_owner:
        return ()
    created_at = account.created_at if account is not None else None
    place = take_place(state, state.user_id, limits, created_at, makes_files=makes_files)
    return place if isinstance(place, Deferred | AboveQuota) else (place,)
