"""The queries of the command; each is served by `firestore.indexes.json`."""

from google.cloud.firestore_v1 import Query
from google.cloud.firestore_v1.base_query import FieldFilter

from stoker import config
from stoker.firestore.client import client

SHOWN = [
    *("userId", "type", "status", "progress", "stage", "attempt", "error", "errorCode"),
    *("createdAt", "runAfter", "startedAt", "completedAt", "cancelRequested"),
]
"""Not `input`: one that can't be decoded would end the whole list."""


def newest(user: str | None, status: str | None, job_type: str | None, limit: int) -> Query:
    """Jobs of an owner, a status and a type, each where it is given; the newest first."""
    query: Query = client().collection(config.JOBS).order_by("createdAt", direction=Query.DESCENDING)
    for field, value in (("userId", user), ("status", status), ("type", job_type)):
        if value is not None:
            query = query.where(filter=FieldFilter(field, "==", value))
    return query.select(SHOWN).limit(limit)


def alive(limit: int) -> Query:
    """Jobs that have not ended; the newest first."""
    query: Query = client().collection(config.JOBS).order_by("createdAt", direction=Query.DESCENDING)
    return query.where(filter=FieldFilter("status", "in", ["pending", "processing"])).select(["status"]).limit(limit)
