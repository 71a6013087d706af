"""Orphans: users with data but without an account. A job deletes their data, as if the user had asked for it."""

import contextlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from google.cloud.firestore_v1.types import Document

from stoker import config
from stoker.access import account
from stoker.accounts.account_deletion import DELETION, delete_remains
from stoker.errors import JobExists, NotRetryable
from stoker.firestore import raw
from stoker.firestore.deadline import patience
from stoker.jobs.commands import retry_job
from stoker.jobs.job import find_job
from stoker.models.document import is_user_id
from stoker.models.job import has_ended
from stoker.models.orphan import orphan_job_id
from stoker.queries import declared, job_queries, trees
from stoker.queries.query import NAME
from stoker.storage import client as storage
from stoker.storage.usage import FOLDERS

FEW = 20
"""The number of a user's newest jobs that are read. A deletion that was written last is among them."""

OPERATION = "input.operation"


def delete_orphan(user_id: str, occasion: str) -> str | None:
    """Start a job that deletes the remaining data of a user whose account is gone.

    No job is started if there is an account, if no data is left, or if a deletion is under way. So the event that
    follows our own deletion costs only a look-up of the account and a query. The job itself stops as soon as it finds
    an account.

    Args:
        user_id: The uid of the user.
        occasion: The occasion that showed that the account is gone, such as an event's id. An occasion starts one job.

    Returns:
        The job's id, or None if no job is needed.

    Raises:
        Unavailable: Firebase Auth or Firestore did not answer.
    """
    if not is_user_id(user_id) or user_id in config.kept_owners() or account.find(user_id) is not None:
        return None
    if not needs_deletion(user_id):
        return None
    job_id = orphan_job_id(user_id, occasion)
    try:
        return delete_remains(user_id, job_id)
    except JobExists:
        job = find_job(job_id).data
    is_ours = (job.get("userId"), job.get("input"), job.get("ownerIsGone")) == (user_id, DELETION, True)
    if not is_ours or job.get("status") == "completed":
        # Either another user's job has the id (older rules allowed that), or data was written after the job's end.
        return delete_remains(user_id, orphan_job_id(user_id, uuid4().hex))
    if has_ended(job.get("status")):
        with contextlib.suppress(NotRetryable):  # Another delivery of the event has just retried it.
            retry_job(job_id)
    return job_id


def needs_deletion(user_id: str, before: datetime | None = None) -> bool:
    """Return whether a user has remaining data that no job deletes now.

    Args:
        user_id: The uid of the user.
        before: As for `has_data`.
    """
    return not _is_under_way(user_id) and has_data(user_id, before)


def has_data(user_id: str, before: datetime | None = None) -> bool:
    """Return whether a user has remaining data, apart from jobs that delete data.

    Args:
        user_id: The uid of the user.
        before: Only data that was created before this time counts; None for all data.
    """
    return any(before is None or made < before for made in times_of_remains(user_id))


def times_of_remains(user_id: str) -> Iterator[datetime]:
    """Yield the creation times of a user's remaining data, apart from jobs that delete data.

    It yields at least one time for each collection or folder that holds data. The cheapest look-ups come first, so
    callers should stop as soon as they know enough.

    Args:
        user_id: The uid of the user.
    """
    profile = f"{config.USERS}/{user_id}"
    if (found := raw.get(profile)) is not None:
        yield found.create_time
    yield from (below.create_time for below in trees.below_page(profile, 1, (NAME,)))
    for job in trees.owned_page(config.JOBS, user_id, FEW, (NAME, OPERATION)):
        if not _deletes(job):
            yield job.create_time
    for collection in declared.with_owners():
        if collection != config.JOBS:
            yield from (other.create_time for other in trees.owned_page(collection, user_id, 1, (NAME,)))
    for folder in FOLDERS:
        for file in storage.bucket().list_blobs(prefix=f"{folder}/{user_id}/", max_results=1, **storage.patience()):
            yield file.time_created


def _is_under_way(user_id: str) -> bool:
    """Return whether a job deletes the user's data now. Only the user's last batches are read.

    A late pass that is not yet due does not count.
    """
    query = job_queries.newest_jobs({"userId": user_id, "type": "batch-operation"})
    fields = [OPERATION, "status", "runAfter"]
    jobs = [snapshot.to_dict() or {} for snapshot in query.select(fields).limit(FEW).get(**patience(reads=True))]
    return any(job.get("input") == DELETION and not has_ended(job.get("status")) and not _is_later(job) for job in jobs)


def _is_later(job: Mapping[str, Any]) -> bool:
    run_after = job.get("runAfter")
    return isinstance(run_after, datetime) and run_after > datetime.now(UTC)


def _deletes(job: Document) -> bool:
    found = job.fields.get("input")
    operation = found.map_value.fields.get("operation") if found is not None and "map_value" in found else None
    return operation is not None and operation.string_value == DELETION["operation"]
