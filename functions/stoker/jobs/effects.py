"""The effects of a job's transition beside the change of its document, as data. `perform` performs them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ReleasePlace:
    """The job gives back its place among its owner's running jobs. This is written in the commit of the transition.

    Attributes:
        output_bytes: The size of the files that the job has made, in bytes.
        media_seconds: The duration of the film or the speech that the job has worked on, in seconds.
    """

    output_bytes: int = 0
    media_seconds: int = 0


@dataclass(frozen=True)
class RecordEvent:
    """An analytics event records the end of the job.

    It is written in the commit of the transition, so that each end has exactly one event.

    Attributes:
        name: `job.completed`, `job.failed` or `job.cancelled`.
        properties: The job's type, and the code of its error.
        value: Seconds since the job was created; None if that time can't be read.
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
        occasion: The reason for the task, which is a part of the task's name. Cloud Tasks drops a second task of the
            same job and occasion.
        due: The time before which the task must not run; None for at once.
    """

    occasion: str
    due: datetime | None = None


@dataclass(frozen=True)
class EnqueueChildren:
    """Tasks ask for attempts at the children that an earlier run of the job had left undone.

    Their documents are not new, so no trigger queues them.
    """


@dataclass(frozen=True)
class WakeNext:
    """Another job of the same owner may begin.

    Attributes:
        in_queue: Whether a place of the job's queue may have become free, and not only one of the owner's places.
    """

    in_queue: bool = True


@dataclass(frozen=True)
class WakeIfOwnerIdle:
    """The job waits for the end of another job of its owner.

    If all of these have ended in the meantime, this effect wakes the job, because no other job would.
    """


@dataclass(frozen=True)
class RemoveLeftovers:
    """Objects that attempts have uploaded and that the job's output does not name are deleted."""


@dataclass(frozen=True)
class UpdateParent:
    """The job that has made this job counts its children again.

    Attributes:
        parent_id: The id of the job that has made this job.
    """

    parent_id: str


@dataclass(frozen=True)
class RunEndHook:
    """The end hook of the job's type runs. The sweeper runs it again if it fails."""


@dataclass(frozen=True)
class Redeliver:
    """Cloud Tasks sends the task again, to another instance."""


Effect = (
    ReleasePlace
    | RecordEvent
    | EnqueueTask
    | EnqueueChildren
    | WakeNext
    | WakeIfOwnerIdle
    | RemoveLeftovers
    | UpdateParent
    | RunEndHook
    | Redeliver
)
