"""The dispatch of a job: check a new or found document, and put the job into its queue. No work is done here."""

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
from stoker.jobs.limits import Deferred, reason_to_defer
from stoker.jobs.perform import apply
from stoker.jobs.settings import settings
from stoker.jobs.states import JobState
from stoker.jobs.store import store
from stoker.models.job import has_ended
from stoker.queries import job_queries

DISPATCH_SECONDS = 45.0
"""The longest time that a dispatch waits for Firestore in all, in seconds. Its trigger has 60 s, so there is time to
log an error."""

MOST_FOR_LATER = 20
"""The most tasks of a user that wait for about the same time. This equals the number of a user's jobs that are queued
at most. If all of these tasks come at once, other users wait only for a moment. The sweeper queues the user's other
jobs when they are due."""

AROUND = timedelta(seconds=30)
"""The jobs of an owner that are due this long before or after a job's `runAfter` count as due at the same time."""

LONGEST_WAIT = timedelta(days=30)
"""The longest time that a task can wait. Source: https://cloud.google.com/tasks/docs/quotas (maximum schedule time)."""


def dispatch(found: StoredDocument, event: Created | Due | LeaseLapsed | None = None) -> bool:
    """Put a job into the queue of its type, or fail it with everything that is wrong with it.

    Args:
        found: The document as the trigger or a query read it.
        event: The reason for the dispatch; the job's creation if it is left out.

    Returns:
        Whether the job was dispatched, or need not be. If this is False, the log says why.
    """
    state = JobState.of(found.id, found.data)
    if has_ended(state.state):
        return True  # The document was restored or imported, and the job has ended.
    try:
        with deadline(DISPATCH_SECONDS):
            _dispatch(found, state, event or _created(found))
    except Conflict:
        log_of(state).info("The job changed while it was dispatched; the sweeper will dispatch it again.")
    except Exception as error:
        # The platform does not retry the trigger, so raising the error would not help. The job stays as it is, and the
        # sweeper dispatches it again.
        log_of(state).error("The job could not be dispatched; the sweeper will try again.", error)
    else:
        return True
    return False


def _created(found: StoredDocument) -> Created:
    """Return the event of a new document.

    Its occasion names the time of creation. So a document that was deleted and created again under the same id is
    another occasion. Otherwise, Cloud Tasks would drop its task, because it drops a second task of an occasion for
    about an hour. An event that is delivered twice is the same occasion.
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
        held = _reason_to_defer(state)
        if held is not None:
            apply(found, state, HeldBack(held.stage, held.due), held.extra)
        elif not apply(found, state, _for_later(state, event)).effects:
            log_of(state).info("The job is not due yet; the sweeper will start it.", runAfter=str(state.run_after))


def _reason_to_defer(state: JobState) -> Deferred | None:
    limits = settings().user_limits
    waits = state.state == "pending" and not state.cancel_requested and not must_wait(state, store().host.now())
    if limits is None or state.user_id is None or state.deletes_owner or not waits:
        return None
    return reason_to_defer(state, state.user_id, limits)


def _for_later(state: JobState, event: Created | Due | LeaseLapsed) -> Created | CreatedForLater | Due | LeaseLapsed:
    """Return the event of the dispatch: `CreatedForLater` if a new job must wait and a task may wait in its place."""
    now, due = store().host.now(), state.run_after
    new = isinstance(event, Created) and state.state == "pending" and not state.cancel_requested
    if not new or due is None or state.user_id is None or not now < due <= now + LONGEST_WAIT:
        return event
    # The count includes the job itself.
    others = job_queries.due_of(state.user_id, due - AROUND, due + AROUND).first(MOST_FOR_LATER + 1)
    return event if store().documents.count(others) > MOST_FOR_LATER else CreatedForLater(due)
