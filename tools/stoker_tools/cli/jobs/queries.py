"""The queries of the command, with the fields that it shows."""

from google.cloud.firestore_v1 import Query

from stoker.queries import job_queries

SHOWN = [
    *("userId", "type", "status", "progress", "stage", "attempt", "error", "errorCode"),
    *("createdAt", "runAfter", "startedAt", "completedAt", "cancelRequested"),
]
"""Not `input`: one that can't be decoded would end the whole list."""


def newest(user: str | None, status: str | None, job_type: str | None, limit: int) -> Query:
    """Jobs of an owner, a status and a type, each where it is given; the newest first."""
    named = {"userId": user, "status": status, "type": job_type}
    given = {field: value for field, value in named.items() if value is not None}
    return job_queries.newest_jobs(given).select(SHOWN).limit(limit)


def alive(limit: int) -> Query:
    """Jobs that have not ended, with the times at which they are due; the newest first."""
    return job_queries.newest_alive_jobs().select(["status", "runAfter"]).limit(limit)
