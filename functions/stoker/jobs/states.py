"""States of a job, and the facts about a job on which its transitions depend."""

import contextlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from stoker import config, registry
from stoker.errors import LeaseLost
from stoker.models.document import UserId
from stoker.models.job import END_HOOK_DUE, RUNNING_JOBS, Attempt, JobStatus, has_ended

State = Literal["pending", "processing", "running-jobs", "completed", "failed", "cancelled"]
"""The document's `status`; and `running-jobs` while the job is `processing` and waits for its children."""

QUEUE_FIELDS = ("type", "input.operation")
"""The fields of a job's document that decide its queue."""

_OWNER: TypeAdapter[str] = TypeAdapter(UserId)


@dataclass(frozen=True)
class JobState:
    """The facts about a job on which its transitions depend.

    Any client may have written the document. So a field that can't be read counts as the field of a new job.

    Attributes:
        id: The document's id.
        state: See `State`.
        user_id: The owner; None if no user can have the id in the document.
        type: The type. It may be a type that no worker here does.
        attempt: The number of attempts that have begun.
        max_attempts: The number of attempts that the job has.
        history: The failed attempts, as they are stored.
        work_seconds: The time that the attempts that have ended took together, in seconds.
        lease_token: The random name of the lease.
        lease_end: The time until which the attempt counts as alive.
        created_at: The time of creation.
        started_at: The start of the last attempt.
        run_after: The time before which the job must not begin.
        stage: The work that the attempt is doing, or the reason why the job waits.
        cancel_requested: Whether the owner wants the job to stop.
        parent_id: The job that has made this job.
        ended_by: The name of the lease of the last attempt that made a final write. It may be an attempt before a
            retry.
        deletes_owner: Whether the job deletes all data of its owner. Such a job records no new data of the owner, and
            the owner's sign-in must be recent.
        failed_items: The number of failed items in the job's output; None if the output has no such number.
        end_hook_due: Whether an attempt has asked for the end hook of the job's type, and the hook has not yet run.
        attempt_began: The start of the attempt that this process makes; None if this process makes no attempt.
    """

    id: str
    state: State = "pending"
    user_id: str | None = None
    type: str = ""
    attempt: int = 0
    max_attempts: int = config.MAX_ATTEMPTS
    history: tuple[Mapping[str, Any], ...] = ()
    work_seconds: int = 0
    lease_token: str | None = None
    lease_end: datetime | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    run_after: datetime | None = None
    stage: str | None = None
    cancel_requested: bool = False
    parent_id: str | None = None
    ended_by: str | None = None
    deletes_owner: bool = False
    failed_items: int | None = None
    end_hook_due: bool = False
    attempt_began: datetime | None = None

    @classmethod
    def of(cls, job_id: str, data: Mapping[str, Any]) -> "JobState":
        """Return the facts in a document.

        Args:
            job_id: The document's id.
            data: Its fields. Any client may have written them.

        Example:
            >>> JobState.of("holiday", {"status": "pending", "attempt": "many"}).attempt
            0
        """
        lease = data.get("lease")
        lease = lease if isinstance(lease, Mapping) else {}
        job_input, attempts, output = data.get("input"), data.get("attempts"), data.get("output")
        return cls(
            id=job_id,
            state=_state(data),
            user_id=_owner(data.get("userId")),
            type=str(data.get("type")),
            attempt=_typed(data.get("attempt"), int) or 0,
            max_attempts=_typed(data.get("maxAttempts"), int) or config.MAX_ATTEMPTS,
            history=tuple(_failed_attempts(attempts)),
            work_seconds=max(0, _typed(data.get("workSeconds"), int) or 0),
            lease_token=_typed(lease.get("token"), str),
            lease_end=_typed(lease.get("expiresAt"), datetime),
            created_at=_typed(data.get("createdAt"), datetime),
            started_at=_typed(data.get("startedAt"), datetime),
            run_after=_typed(data.get("runAfter"), datetime),
            stage=_typed(data.get("stage"), str),
            cancel_requested=data.get("cancelRequested") is True,
            parent_id=_typed(data.get("parentId"), str),
            ended_by=_typed(data.get("endedBy"), str),
            deletes_owner=isinstance(job_input, Mapping) and job_input.get("operation") == "delete-user-data",
            failed_items=_typed(output.get("failed"), int) if isinstance(output, Mapping) else None,
            end_hook_due=data.get("endHook") == END_HOOK_DUE,
        )

    @property
    def status(self) -> JobStatus:
        """The document's `status`."""
        return "processing" if self.state == RUNNING_JOBS else self.state

    @property
    def queue(self) -> registry.Queue:
        """The queue that the job goes to. The registry must have the job's type."""
        return registry.queue_of(self.type, deletes_owner=self.deletes_owner)

    @property
    def attempt_name(self) -> str:
        """The unique name of the attempt that holds the job.

        Its number alone is not unique: the next attempt has the same number if an attempt does not count.
        """
        return f"{self.attempt}-{self.lease_token}"

    def leased(self, token: str, now: datetime) -> "JobState":
        """Return the job as its next attempt sees it. `started_at` stays the start of the attempt before."""
        return replace(
            self,
            state="processing",
            attempt=self.attempt + 1,
            lease_token=token,
            history=self.history_with_lapsed(),
            work_seconds=self.work_with_lapsed(),
            attempt_began=now,
        )

    def history_with_lapsed(self) -> tuple[Mapping[str, Any], ...]:
        """Return the failed attempts, including the attempt whose lease has lapsed, if there is one."""
        if self.state != "processing" or self.lease_end is None:
            return self.history
        began = self.started_at or self.created_at or self.lease_end
        return (*self.history, _attempt(self.attempt, began, self.lease_end, LeaseLost.code))

    def work_with_lapsed(self) -> int:
        """Return the seconds of all ended attempts, including the attempt whose lease has lapsed, if there is one.

        That attempt worked at least until its last heartbeat, which renewed the lease.
        """
        if self.state != "processing" or self.lease_end is None or self.started_at is None:
            return self.work_seconds
        return self.work_seconds + _seconds(self.started_at, self.lease_end - timedelta(seconds=config.LEASE_SECONDS))

    def work_until(self, now: datetime) -> int:
        """Return the seconds of all attempts so far, including the attempt that this process makes."""
        return (
            self.work_seconds if self.attempt_began is None else self.work_seconds + _seconds(self.attempt_began, now)
        )

    def history_with_failure(self, error_code: str, now: datetime) -> tuple[Mapping[str, Any], ...]:
        """Return the failed attempts, including the attempt that this process makes."""
        if self.attempt_began is None:
            return self.history
        return (*self.history, _attempt(self.attempt, self.attempt_began, now, error_code))


def _failed_attempts(attempts: object) -> Iterator[Mapping[str, Any]]:
    for stored in attempts if isinstance(attempts, list) else ():
        # An invalid attempt fails the job when the document is checked. Here, it must not make a final write fail.
        with contextlib.suppress(ValidationError, TypeError):
            yield Attempt.from_firestore(stored).to_firestore()


def _seconds(began: datetime, ended: datetime) -> int:
    # Rounded up, so that an attempt that crashes at once counts as one second.
    return max(1, math.ceil((ended - began).total_seconds()))


def _attempt(number: int, began: datetime, ended: datetime, error_code: str) -> Mapping[str, Any]:
    return Attempt(number=number, started_at=began, ended_at=ended, error_code=error_code).to_firestore()


def _state(data: Mapping[str, Any]) -> State:
    status = data.get("status")
    if has_ended(status):
        return status  # type: ignore[return-value] # `has_ended` has checked that the status is one of the three
    if status != "processing":
        return "pending"
    return "running-jobs" if data.get("children") is not None and data.get("lease") is None else "processing"


def _owner(value: object) -> str | None:
    try:
        return _OWNER.validate_python(value, strict=True)
    except ValidationError:
        return None  # No user can own the job, so it holds no place and has uploaded nothing.


def _typed(value: Any, kind: type[Any]) -> Any:
    return value if isinstance(value, kind) and not isinstance(value, bool) else None
