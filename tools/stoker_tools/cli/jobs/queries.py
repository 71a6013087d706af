"""The queries of `stoker jobs`, with the fields that it shows."""

from google.cloud.firestore_v1 import Query

from stoker.queries import job_queries

SHOWN = [
    *("userId", "type", "status", "progress", "stage", "attempt", "error", "errorCode"),
    *("createdAt", "runAfter", "startedAt", "completedAt", "cancelRequested"),
]
"""`input` is left out, because one that can't be decoded would end the whole list."""


def newest(user: str | None, status: str | None, job_type: str | None, limit: int) -> Query:
    """Return a query for the newest jobs. An owner, a status or a type narrows it if it is given."""
    named = {"userId": user, "status": status, "type": job_type}
    given = {field: value for field, value in named.items() if value is not None}
    return job_queries.newest_jobs(given).select(SHOWN).limit(limit)


def alive(limit: int) -> Query:
    """Return a query for the newest jobs that have not ended, with the times at which they are due."""
    return job_queries.newest_alive_jobs().select(["status", "runAfter"]).limit(limit)
