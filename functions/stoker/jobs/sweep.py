"""Sweep: brings back every job that an event, a task or a worker was lost for. Each step may be done twice."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from google.cloud.firestore_v1 import DocumentSnapshot, Query
from google.cloud.firestore_v1.base_query import FieldFilter

from stoker import config
from stoker.firestore.client import client
from stoker.jobs.children import settle
from stoker.jobs.dispatch import dispatch
from stoker.jobs.end import RUNNING_JOBS
from stoker.jobs.settings import settings
from stoker.jobs.unclaimed import load
from stoker.logs import JobLog

SEEN = ["createdAt", "runAfter", "lease.expiresAt", "stage", "type", "cancelRequested"]
"""The fields that decide. Not those that users write at will: one that can't be decoded would end the whole sweep."""

EVERYTHING_MINUTES = 10
"""How often all that is pending is looked at; in the minutes between, what has just become stale."""


def sweep(now: datetime | None = None) -> int:
    """Dispatches jobs that are due, jobs that are `pending` for too long, and jobs whose attempt has gone silent; moves
    on those that wait for their children.

    What happens to each is decided where it is claimed; here they are only found.

    Args:
        now: The time to judge by.

    Returns:
        How many jobs were found.
    """
    now = now or datetime.now(UTC)
    until = time.monotonic() + config.SWEEP_SECONDS
    found = 0
    for query in (lapsed_leases(now), due(now), cancelled_while_waiting(), *no_longer_paused(), stale_pending(now)):
        for page in _pages(query):
            ripe = [snapshot for snapshot in page if _may_begin(snapshot, now)]
            for snapshot in ripe:
                _bring_back(snapshot.id, now)
            found += len(ripe)
            if time.monotonic() > until:
                return found  # The next sweep goes on.
    for page in _pages(waiting_for_children()):
        for snapshot in page:
            _settle(snapshot.id)
        found += len(page)
    return found


def _may_begin(snapshot: DocumentSnapshot[Any], now: datetime) -> bool:
    """Whether it is worth to read and queue a job: those that are held back are many, and have ways of their own."""
    data = snapshot.to_dict() or {}
    if data.get("cancelRequested") is True:
        return True
    run_after = data.get("runAfter")
    if isinstance(run_after, datetime) and run_after > now:
        return False
    if data.get("stage") == "paused":
        return data.get("type") not in settings().paused
    # A user's waiting jobs are woken by those that end. In case that was lost, all of them are tried now and then.
    return data.get("stage") != "waiting-for-other-jobs" or now.minute % EVERYTHING_MINUTES == 0


def cancelled_while_waiting() -> Query:
    """Jobs whose owner wants them to stop before they have begun."""
    jobs = client().collection(config.JOBS).where(filter=FieldFilter("status", "==", "pending"))
    return jobs.where(filter=FieldFilter("cancelRequested", "==", True))


def no_longer_paused() -> Iterator[Query]:
    """Jobs that were held back because their type was paused, and need not be any longer."""
    jobs = client().collection(config.JOBS).where(filter=FieldFilter("status", "==", "pending"))
    for job_type in config.QUEUES:
        if job_type not in settings().paused:
            held = jobs.where(filter=FieldFilter("stage", "==", "paused"))
            yield held.where(filter=FieldFilter("type", "==", job_type))


def waiting_for_children() -> Query:
    """Jobs that have made others, and wait for them."""
    jobs = client().collection(config.JOBS).where(filter=FieldFilter("status", "==", "processing"))
    return jobs.where(filter=FieldFilter("stage", "==", RUNNING_JOBS))


def stale_pending(now: datetime) -> Query:
    """Jobs that wait for longer than their event should take: those that have just become stale, so that a long
    queue is not read each minute; and every so often all of them."""
    before = now - timedelta(seconds=config.STALE_PENDING_SECONDS)
    jobs = client().collection(config.JOBS).where(filter=FieldFilter("status", "==", "pending"))
    jobs = jobs.where(filter=FieldFilter("createdAt", "<", before)).order_by("createdAt")
    if now.minute % EVERYTHING_MINUTES:
        # Three minutes, so that a sweep that was late or lost itself leaves no gap.
        jobs = jobs.where(filter=FieldFilter("createdAt", ">=", before - timedelta(minutes=3)))
    return jobs


def due(now: datetime) -> Query:
    """Jobs that had to wait, for the time that their owner has set or after an attempt that failed, and need not any
    longer."""
    jobs = client().collection(config.JOBS).where(filter=FieldFilter("status", "==", "pending"))
    return jobs.where(filter=FieldFilter("runAfter", "<=", now)).order_by("runAfter")


def lapsed_leases(now: datetime) -> Query:
    """Jobs whose attempt has gone silent."""
    jobs = client().collection(config.JOBS).where(filter=FieldFilter("status", "==", "processing"))
    return jobs.where(filter=FieldFilter("lease.expiresAt", "<", now)).order_by("lease.expiresAt")


def _pages(query: Query) -> Iterator[list[DocumentSnapshot[Any]]]:
    query = query.select(SEEN).limit(config.SWEEP_PAGE)
    page = list(query.get())
    while page:
        yield page
        page = list(query.start_after(page[-1]).get()) if len(page) == config.SWEEP_PAGE else []


def _bring_back(job_id: str, now: datetime) -> None:
    try:
        snapshot = load(job_id)
        if snapshot is not None:
            dispatch(snapshot, _occasion(now))
    except Exception as error:
        # One job must not keep the others from being brought back.
        JobLog(job_id).error("The job could not be brought back; the next sweep will try again.", error)


def _settle(job_id: str) -> None:
    try:
        settle(job_id)
    except Exception as error:
        # As above.
        JobLog(job_id).error("The job's children could not be counted; the next sweep will try again.", error)


def _occasion(now: datetime) -> str:
    """The same for ten minutes, so that a job that waits in a long queue is not queued each minute again."""
    return f"sweep-{int(now.timestamp()) // 600}"
