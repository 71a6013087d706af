"""The events of a job: everything that can happen to it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stoker.errors import PermanentError, TransientError
from stoker.models.job import BatchOutput, HeldStage, JobOutput


@dataclass(frozen=True)
class Created:
    """A client has written the document, and its trigger has fired.

    Attributes:
        occasion: A part of the task's name. Cloud Tasks drops a second task of the same job and occasion.
    """

    occasion: str = "created"


@dataclass(frozen=True)
class CreatedForLater:
    """A client has written the document with a `runAfter` in the future, and a task may wait for that time.

    Attributes:
        due: The time.
        occasion: As in `Created`.
    """

    due: datetime
    occasion: str = "created"


@dataclass(frozen=True)
class Due:
    """The sweeper has found that the job need not wait any longer.

    Attributes:
        occasion: As in `Created`.
    """

    occasion: str


@dataclass(frozen=True)
class LeaseLapsed:
    """The sweeper has found that the lease of the job's attempt has lapsed.

    Attributes:
        occasion: As in `Created`.
    """

    occasion: str


@dataclass(frozen=True)
class LeaseRequested:
    """A worker asks for the job.

    Attributes:
        token: The name of the new lease.
    """

    token: str


@dataclass(frozen=True)
class HeldBack:
    """The job's owner is at a limit.

    Attributes:
        stage: The limit.
        due: The time until which the job must wait, if that is known.
    """

    stage: HeldStage
    due: datetime | None = None


@dataclass(frozen=True)
class Paused:
    """An admin has paused the jobs of this type."""


@dataclass(frozen=True)
class Progressed:
    """The attempt is alive, and reports its progress.

    Attributes:
        progress: The progress of the whole job, in percent.
        stage: The work that the attempt is doing.
        eta_seconds: Seconds that the attempt will still take, if that is known.
    """

    progress: float
    stage: str
    eta_seconds: int | None = None


@dataclass(frozen=True)
class CheckpointSaved:
    """The attempt has reached a place from which the next attempt could go on.

    Attributes:
        checkpoint: The place, as the worker stores it.
        mark: The random name of this checkpoint. If the answer to its write is lost, the attempt reads the document and
            finds by the name whether the write has arrived.
        end_hook: Whether the end hook of the job's type must run after the job's end.
        output: The output so far, if the job runs failed items again; None leaves the output as it is.
    """

    checkpoint: dict[str, Any]
    mark: str
    end_hook: bool = False
    output: BatchOutput | None = None


@dataclass(frozen=True)
class Succeeded:
    """The attempt has done the work.

    Attributes:
        output: The result.
    """

    output: JobOutput


@dataclass(frozen=True)
class MadeChildren:
    """The attempt has made children: other jobs that do the work.

    Attributes:
        count: Their number.
    """

    count: int


@dataclass(frozen=True)
class FailedPermanently:
    """The job can't be done. An attempt or a check of the document has found that.

    Attributes:
        error: The reason.
    """

    error: PermanentError


@dataclass(frozen=True)
class FailedTransiently:
    """The attempt failed; another attempt may succeed.

    Attributes:
        error: The reason.
        wait_seconds: Seconds until the next attempt.
    """

    error: TransientError
    wait_seconds: float


@dataclass(frozen=True)
class CancelRequested:
    """The owner wants the job to stop."""


@dataclass(frozen=True)
class Cancelled:
    """The job stops, because its owner has cancelled it or because its work is no longer needed.

    Attributes:
        reason: A sentence for the owner; None if the owner has cancelled the job.
    """

    reason: str | None = None


@dataclass(frozen=True)
class Preempted:
    """The platform stops the attempt's instance (SIGTERM)."""


@dataclass(frozen=True)
class OutOfTime:
    """The attempt's time is up, and the next attempt goes on from the last checkpoint."""


@dataclass(frozen=True)
class Retried:
    """The owner or an admin wants a job that has ended to run again, as if it were new.

    Attributes:
        due: The time from which the job may run. If the answer to the retry's write is lost, this time in the document
            shows that the write has arrived.
    """

    due: datetime


@dataclass(frozen=True)
class ChildrenProgressed:
    """Children have ended or made progress.

    Attributes:
        progress: The progress of all children together, in percent.
    """

    progress: float


@dataclass(frozen=True)
class ChildrenEnded:
    """The last child has ended.

    Attributes:
        output: The result of all children.
    """

    output: JobOutput


@dataclass(frozen=True)
class ChildRetried:
    """A user retries a child of the batch that had ended. The batch is written in the commit of the retry."""


@dataclass(frozen=True)
class ChildrenCountedAgain:
    """The children of a batch that has ended were counted again, because some of them were retried.

    Attributes:
        output: The result of all children.
        alive: The number of children that have not ended.
    """

    output: JobOutput
    alive: int


@dataclass(frozen=True)
class EndHookRan:
    """The end hook of the job's type has run after the job's end.

    Attributes:
        result: The hook's result.
    """

    result: str


JobEvent = (
    Created
    | CreatedForLater
    | Due
    | LeaseLapsed
    | LeaseRequested
    | HeldBack
    | Paused
    | Progressed
    | CheckpointSaved
    | Succeeded
    | MadeChildren
    | FailedPermanently
    | FailedTransiently
    | CancelRequested
    | Cancelled
    | Preempted
    | OutOfTime
    | Retried
    | ChildrenProgressed
    | ChildrenEnded
    | ChildRetried
    | ChildrenCountedAgain
    | EndHookRan
)

AttemptEnd = Succeeded | MadeChildren | FailedPermanently | FailedTransiently | Cancelled | Preempted | OutOfTime
"""The ways in which an attempt ends, unless it has lost its lease."""
