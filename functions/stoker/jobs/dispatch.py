"""Dispatch: check a job that was written or found, and put it into its queue. No work is done here."""

from datetime import timedelta

from stoker.errors import PermanentError
from stoker.firestore.api_errors import Conflict
from stoker.firestore.deadline import deadline
from stoker.firestore.documents import StoredDocument
from stoker.jobs.commit import log_of
from stoker.jobs.conditions import must_wait
from stoker.jobs.dedupe import take_key
from stoker.jobs.events import Created, CreatedForLater, Due, FailedPermanently, HeldBack, LeaseLapsed
from stoker.jobs.job import read_job
from stoker.jobs.limits import Deferred, turn_away
from stoker.jobs.perform import apply
from stoker.jobs.settings import settings
from stoker.jobs.states import JobState
from stoker.jobs.store import store
from stoker.models.job import has_ended
from stoker.queries import job_queries

DISPATCH_SECONDS = 45.0
"""The longest that a dispatch waits for Firestore in all. Its trigger has 60 s, so that an error is logged."""

MOST_FOR_LATER = 20
"""Tasks of a user that wait for the same half minute, as many as jobs of a user are queued in other cases. If all of
these come at once, other users wait for a moment. The sweeper queues the user's further jobs when they are due."""

AROUND = timedelta(seconds=30)
"""The time before and behind a job's time, in which the jobs of its owner are counted."""

LONGEST_WAIT = timedelta(days=30)
"""A task can't wait for longer. Source: https://cloud.google.com/tasks/docs/quotas (maximum schedule time)."""


def dispatch(found: StoredDocument, event: Created | Due | LeaseLapsed | None = None) -> bool:
    """Put a job into the queue of its type, or fail it with everything that is wrong with it.

    Args:
        found: The document as the trigger or a query saw it.
        event: The reason why now; its creation, if it is left out.

    Returns:
        Whether that was done, or is not needed. If it is False, the log says why.
    """
    state = JobState.of(found.id, found.data)
    if has_ended(state.state):
        return True  # A restored or imported document: its work is done.
    try:
        with deadline(DISPATCH_SECONDS):
            _dispatch(found, state, event or _created(found))
    except Conflict:
        log_of(state).info("The job changed before it could be refused; the sweeper will look at it again.")
    except Exception as error:
        # The trigger could not be retried, so raising helps nobody: the job stays as it is, and the sweeper comes back.
        log_of(state).error("The job could not be dispatched; the sweeper will try again.", error)
    else:
        return True
    return False


def _created(found: StoredDocument) -> Created:
    """Return the event of a new document. One that is made anew under the same id is another occasion, because Cloud
    Tasks drops a second task of an occasion for about an hour. An event that is delivered twice is the same occasion.
    """
    return Created(f"created/{found.create_time.isoformat()}") if found.create_time is not None else Created()


def _dispatch(found: StoredDocument, state: JobState, event: Created | Due | LeaseLapsed) -> None:
    try:
        document = read_job(found).document
        if state.state == "pending" and not state.cancel_requested:
            take_key(document)
    except PermanentError as error:
        apply(found, state, FailedPermanently(error))
    else:
        held = _turn_away(state)
        if held is not None:
            apply(found, state, HeldBack(held.stage, held.due), held.extra)
        elif not apply(found, state, _for_later(state, event)).effects:
            log_of(state).info("The job is not due yet; the sweeper will start it.", runAfter=str(state.run_after))


def _turn_away(state: JobState) -> Deferred | None:
    limits = settings().user_limits
    waits = state.state == "pending" and not state.cancel_requested and not must_wait(state, store().host.now())
    if limits is None or state.user_id is None or state.deletes_owner or not waits:
        return None
    return turn_away(state, state.user_id, limits)


def _for_later(state: JobState, event: Created | Due | LeaseLapsed) -> Created | CreatedForLater | Due | LeaseLapsed:
    """Return the event of a new job: with its time, if the job must wait and a task may do so."""
    now, due = store().host.now(), state.run_after
    new = isinstance(event, Created) and state.state == "pending" and not state.cancel_requested
    if not new or due is None or state.user_id is None or not now < due <= now + LONGEST_WAIT:
        return event
    # The job itself is among them.
    others = job_queries.due_of(state.user_id, due - AROUND, due + AROUND).first(MOST_FOR_LATER + 1)
    return event if store().documents.count(others) > MOST_FOR_LATER else CreatedForLater(due)
