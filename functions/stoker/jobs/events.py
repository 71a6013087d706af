"""Events: all that can happen to a job."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stoker.errors import PermanentError, TransientError
from stoker.models.job import BatchOutput, HeldStage, JobOutput


@dataclass(frozen=True)
class Created:
    """The document was written by a client, and its trigger has fired.

    Attributes:
        occasion: Names the task: Cloud Tasks drops a second task of the same job and occasion.
    """

    occasion: str = "created"


@dataclass(frozen=True)
class CreatedForLater:
    """The document was written with a time in the future, and a task may wait for that time.

    Attributes:
        due: The time.
        occasion: As in `Created`.
    """

    due: datetime
    occasion: str = "created"


@dataclass(frozen=True)
class Due:
    """The job waits, and need not wait any longer: the sweeper has found it.

    Attributes:
        occasion: As in `Created`.
    """

    occasion: str


@dataclass(frozen=True)
class LeaseLapsed:
    """The job's attempt has gone silent: the sweeper has found it.

    Attributes:
        occasion: As in `Created`.
    """

    occasion: str


@dataclass(frozen=True)
class Claimed:
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
        progress: Percent.
        stage: The work that the attempt is doing.
        eta_seconds: Seconds that the attempt will still take, if that is known.
    """

    progress: float
    stage: str
    eta_seconds: int | None = None


@dataclass(frozen=True)
class CheckpointSaved:
    """The attempt has come to a place from which the next attempt could go on.

    Attributes:
        checkpoint: The place, in the worker's own terms.
        mark: The name of this checkpoint: the attempt recognizes its own write by it.
        end_hook: Whether the end hook of the job's type must run after the job's end.
        output: The figures so far, of a run of items that have failed; None leaves the output as it is.
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
    """The attempt has made other jobs, which do the work.

    Attributes:
        count: Their number.
    """

    count: int


@dataclass(frozen=True)
class FailedPermanently:
    """The job can't be done, whether an attempt found that or a look at the document.

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
    """The job stops, because its owner wants that, or because its work is needed no longer.

    Attributes:
        reason: A sentence for the owner; None if the owner has asked for it.
    """

    reason: str | None = None


@dataclass(frozen=True)
class Preempted:
    """The platform takes the attempt's instance away (SIGTERM)."""


@dataclass(frozen=True)
class OutOfTime:
    """The attempt's time is up, and the next attempt goes on from the last checkpoint."""


@dataclass(frozen=True)
class Retried:
    """The owner or an admin wants a job that has ended to be run again, as if it were new.

    Attributes:
        due: The time from which the job may run. A retry whose answer was lost is recognized by it.
    """

    due: datetime


@dataclass(frozen=True)
class ChildrenProgressed:
    """Children have ended or come further.

    Attributes:
        progress: Percent of all children together.
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
    """A child of the batch that had ended is retried by hand. In the commit of the retry."""


@dataclass(frozen=True)
class ChildrenCountedAgain:
    """The batch has ended, and its children were counted again after some of them were retried.

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
    | Claimed
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
"""All the ways in which an attempt ends, unless it has lost the job."""
