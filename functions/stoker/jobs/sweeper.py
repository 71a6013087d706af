"""Sweeper: brings back every job that an event, a task or a worker was lost for. Each step may be done twice."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from stoker import config, registry
from stoker.firestore.documents import StoredDocument
from stoker.firestore.selection import Selection
from stoker.jobs.ceiling import hold_ceiling
from stoker.jobs.children import update_parent
from stoker.jobs.dispatch import dispatch
from stoker.jobs.events import Due, LeaseLapsed
from stoker.jobs.fairness import free_places
from stoker.jobs.job import load_job
from stoker.jobs.limits import wake_next
from stoker.jobs.settings import is_paused
from stoker.jobs.store import store
from stoker.logs import JobLog
from stoker.queries import declared

SEEN = ("createdAt", "runAfter", "lease.expiresAt", "stage", "type", "userId", "cancelRequested")
"""The fields that decide. Not those that users write at will: one that can't be decoded would end the whole sweep."""

WAITING = ("waiting-for-other-jobs", "waiting-for-other-users")
"""The stages of jobs that the ends of other jobs wake."""

OVERLAP = timedelta(minutes=3)
"""How far back a sweep looks, so that one that was late or lost itself leaves no gap."""

THREADS = 8
"""Jobs that are brought back at the same time: each waits for Firestore and for Cloud Tasks."""

EVERYTHING_MINUTES = 10
"""How often all that is pending is looked at; in the minutes between, what has just become stale."""


def sweep(now: datetime | None = None) -> int:
    """Dispatch jobs that are due, jobs that are `pending` for too long, and jobs whose attempt has gone silent; update
    jobs that wait for their children.

    The sweeper only finds jobs. What becomes of a job is decided where it is dispatched and taken.

    Args:
        now: The time to judge by.

    Returns:
        How many jobs were found.
    """
    now = now or store().host.now()
    until = store().host.monotonic() + config.SWEEP_SECONDS
    found = 0
    for page in _pages(declared.waiting_for_children()):
        found += _each(page, _update_parent)
    # Small queries run first. Due jobs may use at most half of the remaining time.
    few = (declared.lapsed_leases(now), declared.cancelled_while_waiting(), *_no_longer_paused())
    for query, enough in (
        *((query, until) for query in few),
        (_due(now), _half_way_to(until)),
        (_stale_pending(now), until),
    ):
        for page in _pages(query):
            found += _each([one for one in page if _may_begin(one, now)], lambda one: _bring_back(one, now))
            if _looks_at_everything(now):
                _wake(page)
            if store().host.monotonic() > enough:
                break  # The next sweep goes on.
    _fill_queues(now)
    hold_ceiling(now)
    return found


def _half_way_to(until: float) -> float:
    return (store().host.monotonic() + until) / 2


def _each(page: list[StoredDocument], do: Callable[[StoredDocument], None]) -> int:
    """Do something for each job of a page, several at a time; return how many there were."""
    store().host.each(do, page, THREADS)
    return len(page)


def _looks_at_everything(now: datetime) -> bool:
    return now.minute % EVERYTHING_MINUTES == 0


def _may_begin(found: StoredDocument, now: datetime) -> bool:
    """Return whether it is worth to read and queue a job. Jobs that are held back are many, and are woken elsewhere."""
    data = found.data
    if data.get("cancelRequested") is True:
        return True
    run_after = data.get("runAfter")
    if isinstance(run_after, datetime) and run_after > now:
        return False
    if data.get("stage") == "paused":
        return not is_paused(str(data.get("type")))
    return data.get("stage") not in WAITING


def _wake(page: list[StoredDocument]) -> None:
    """A user's waiting jobs are woken by those that end. In case that was lost, one of each user's is tried."""
    jobs = [found.data for found in page]
    _wake_users(str(job.get("userId")) for job in jobs if job.get("stage") in WAITING)


def _fill_queues(now: datetime) -> None:
    """Wake jobs that wait until fewer places are taken, as many as places are free: one job of each user's."""
    for job_type, registered in registry.job_types().items():
        waiting = store().documents.find(declared.waiting_for_others(job_type).only("userId").first(config.SWEEP_PAGE))
        if waiting:
            free = free_places(registered.at_once, store().documents.count(declared.running(job_type, now)))
            _wake_users(list(dict.fromkeys(str(found.data.get("userId")) for found in waiting))[:free])


def _wake_users(users: Iterable[str]) -> None:
    for user_id in dict.fromkeys(users):
        try:
            wake_next(user_id, None)
        except Exception as error:
            # One user must not keep the others' jobs from being woken.
            JobLog("").error("A user's waiting jobs could not be woken; the next sweep will try again.", error)


def _no_longer_paused() -> Iterator[Selection]:
    """Jobs that were held back because their type was paused, and need not be any longer."""
    return (declared.paused(job_type) for job_type in registry.job_types() if not is_paused(job_type))


def _stale_pending(now: datetime) -> Selection:
    """Jobs that wait for longer than their event should take: those that have just become stale, so that a long
    queue is not read each minute; and every so often all of them."""
    before = now - timedelta(seconds=config.STALE_PENDING_SECONDS)
    return declared.stale_pending(before, None if _looks_at_everything(now) else before - OVERLAP)


def _due(now: datetime) -> Selection:
    """Jobs that had to wait, for the time that their owner has set or after an attempt that failed, and need not any
    longer: those of the last minutes, since each is in its queue then; and every so often all of them."""
    return declared.due(now, None if _looks_at_everything(now) else now - OVERLAP)


def _pages(selection: Selection) -> Iterator[list[StoredDocument]]:
    return store().documents.pages(selection.only(*SEEN), config.SWEEP_PAGE)


def _bring_back(found: StoredDocument, now: datetime) -> None:
    try:
        document = load_job(found.id)
        if document is not None:
            # One that was paused may meet a worker that has not heard of its release: it is tried each minute.
            minutes = 1 if found.data.get("stage") == "paused" else EVERYTHING_MINUTES
            occasion = f"sweep-{int(now.timestamp()) // (60 * minutes)}"
            dispatch(document, LeaseLapsed(occasion) if "lease" in document.data else Due(occasion))
    except Exception as error:
        # One job must not keep the others from being brought back.
        JobLog(found.id).error("The job could not be brought back; the next sweep will try again.", error)


def _update_parent(found: StoredDocument) -> None:
    try:
        update_parent(found.id)
    except Exception as error:
        # As above.
        JobLog(found.id).error("The job's children could not be counted; the next sweep will try again.", error)
