"""Effects: all that follows from a job's transition beside the change of its document. Data; `perform` acts on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ReleaseSlot:
    """The job takes no place among its owner's running jobs any more. In the commit of the transition.

    Attributes:
        output_bytes: Bytes of the files that the job has made.
        media_seconds: Seconds of the film or the speech that the job has worked on.
    """

    output_bytes: int = 0
    media_seconds: int = 0


@dataclass(frozen=True)
class RecordEvent:
    """An analytics event says that the job has ended. In the commit of the transition, so that each end has one.

    Attributes:
        name: `job.completed`, `job.failed` or `job.cancelled`.
        properties: The job's type, and the code of its error.
        value: Seconds since the job was created, if that time can be read.
        occurred_at: The time of the transition.
    """

    name: str
    properties: Mapping[str, str]
    value: float | None
    occurred_at: datetime


@dataclass(frozen=True)
class EnqueueTask:
    """A task asks for an attempt.

    Attributes:
        occasion: Cloud Tasks drops a second task of the same job and occasion.
        due: Not before this time; at once if it is left out.
    """

    occasion: str
    due: datetime | None = None


@dataclass(frozen=True)
class EnqueueChildren:
    """Tasks ask for the children that an earlier run of the job had left undone. No trigger fires for them."""


@dataclass(frozen=True)
class WakeNext:
    """Another job of the same owner may begin.

    Attributes:
        in_queue: Whether a place of the job's queue may have become free, and not only one of the owner's.
    """

    in_queue: bool = True


@dataclass(frozen=True)
class LookForRelease:
    """The job waits until another job of its owner's ends. If all of them ended in the meantime, none would wake it."""


@dataclass(frozen=True)
class RemoveLeftovers:
    """Objects that attempts have uploaded and that the result does not name are deleted."""


@dataclass(frozen=True)
class UpdateParent:
    """The job that has made this job looks at its children again.

    Attributes:
        parent_id: Its id.
    """

    parent_id: str


@dataclass(frozen=True)
class RunEndHook:
    """The end hook of the job's type runs. The sweeper runs it again if it fails."""


@dataclass(frozen=True)
class Redeliver:
    """Cloud Tasks sends the task again, to another instance."""


Effect = (
    ReleaseSlot
    | RecordEvent
    | EnqueueTask
    | EnqueueChildren
    | WakeNext
    | LookForRelease
    | RemoveLeftovers
    | UpdateParent
    | RunEndHook
    | Redeliver
)
