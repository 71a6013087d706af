"""Ending a job that nobody works on, and all that follows from it."""

from collections.abc import Mapping
from typing import Any

from google.cloud.firestore import WriteBatch
from pydantic import TypeAdapter, ValidationError

from stoker.errors import JobCancelled, PermanentError
from stoker.firestore.errors import TRANSIENT
from stoker.jobs.children import settle
from stoker.jobs.end import cancelled, failed
from stoker.jobs.ended import ended_event
from stoker.jobs.fence import Fence
from stoker.jobs.leftovers import remove_leftovers
from stoker.jobs.limits import release, wake_next
from stoker.jobs.settings import settings
from stoker.jobs.unclaimed import end_unclaimed
from stoker.logs import JobLog
from stoker.models.document import UserId

_OWNER: TypeAdapter[str] = TypeAdapter(UserId)


def dismiss(fence: Fence, error: PermanentError | JobCancelled, data: Mapping[str, Any], log: JobLog) -> None:
    """Ends a job, frees its place, wakes the owner's next, removes what dead attempts have left, and tells its parent.

    Args:
        fence: From the document as it was read.
        error: Why it ends.
        data: The document as it was read; anyone may have written it.
        log: The job's.

    Raises:
        FenceBroken: It has changed since it was read. Nothing was done.
    """
    job_id, user_id = fence.reference.id, _owner(data)
    began = user_id is not None and data.get("startedAt") is not None
    limited = settings().user_limits is not None
    fields = cancelled() if isinstance(error, JobCancelled) else failed(error)
    tell = ended_event(data, fields)

    def also(batch: WriteBatch) -> None:
        if user_id and limited and began:
            release(user_id, job_id)(batch)
        tell(batch)

    end_unclaimed(fence, fields, log, also)
    try:
        if user_id and began:
            remove_leftovers(user_id, job_id)
        if user_id and limited:
            wake_next(user_id, ())
        if isinstance(parent_id := data.get("parentId"), str):
            settle(parent_id)
    except TRANSIENT as failure:
        # The job has ended. The sweeper wakes those that wait and looks after parents.
        log.error("What follows from the job's end is left to the sweeper.", failure)


def _owner(data: Mapping[str, Any]) -> str | None:
    try:
        return _OWNER.validate_python(data.get("userId"), strict=True)
    except ValidationError:
        return None  # Nobody's: no place is held, and nothing was uploaded.
