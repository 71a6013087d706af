"""Jobs that a job makes: they run as any other, and their ends move it on. No worker waits for them."""

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from google.cloud import firestore
from google.cloud.firestore_v1 import DocumentSnapshot, Query
from google.cloud.firestore_v1.base_query import FieldFilter

from stoker import config
from stoker.firestore.client import client
from stoker.jobs.end import RUNNING_JOBS, cancelled, completed, renewed
from stoker.jobs.fence import Also, Fence, FenceBroken
from stoker.jobs.metrics import job_ended
from stoker.jobs.unclaimed import load
from stoker.logs import JobLog
from stoker.models.job import ENDED, BatchOutput, ItemFailure, ProcessingJob

ALIVE = ("pending", "processing")

TRIES = 5
"""How often a count is made again that another one came before; the sweeper makes one each minute."""


@dataclass(frozen=True)
class ChildJob:
    """A job to be made.

    Attributes:
        type: Which worker runs it.
        input: By type; checked on arrival, as any job's.
    """

    type: str
    input: dict[str, Any]


@dataclass(frozen=True)
class Children:
    """What a worker returns whose job is to make other jobs."""

    jobs: Sequence[ChildJob]


def made(parent: ProcessingJob, children: Children) -> Also:
    """What to write in the commit that hands a job over to its children: either all of them are there, or none.

    Children that are there already are of an earlier run of a batch that is run again: those that were completed stay
    as they are, the others begin anew.
    """
    jobs = client().collection(config.JOBS)
    references = [jobs.document(child_id(parent.id, number)) for number in range(len(children.jobs))]
    there = {snapshot.id: snapshot for snapshot in client().get_all(references, field_paths=["status"])}

    def write(batch: firestore.WriteBatch) -> None:
        for reference, child in zip(references, children.jobs, strict=True):
            snapshot = there[reference.id]
            if not snapshot.exists:
                batch.create(reference, _document(parent, reference.id, child))
            elif snapshot.get("status") in ("failed", "cancelled"):
                option = firestore.Client.write_option(last_update_time=snapshot.update_time)
                batch.update(reference, {**renewed(), "updatedAt": firestore.SERVER_TIMESTAMP}, option=option)

    return write


def child_id(parent_id: str, number: int) -> str:
    """The id of a job's child: always the same, so that no child is made twice.

    Example:
        >>> child_id("holiday", 7)
        'holiday-007'
    """
    # A parent's id may be as long as an id may be.
    stem = parent_id if len(parent_id) <= 120 else hashlib.sha256(parent_id.encode()).hexdigest()
    return f"{stem}-{number:03}"


def settle(parent_id: str) -> None:
    """Moves a job on that waits for its children: tells how far they are, ends it with the last of them, and has its
    cancellation reach them. May be called at any time, by anyone, any number of times.

    Args:
        parent_id: The job.
    """
    for _ in range(TRIES):
        snapshot = load(parent_id)
        data = (snapshot.to_dict() or {}) if snapshot is not None else {}
        if snapshot is None or data.get("status") != "processing" or data.get("stage") != RUNNING_JOBS:
            return
        # Another child that ends at the same time looks after the job too, but may have counted too early.
        with contextlib.suppress(FenceBroken):
            _settle(Fence.of(snapshot), ProcessingJob.from_firestore(data))
            return


def _settle(fence: Fence, parent: ProcessingJob) -> None:
    if parent.cancel_requested:
        _cancel_children(parent.id)
    progress, ended = _counted(parent)
    if ended < (parent.children or 0):
        if progress > parent.progress:
            fence.write({"progress": progress})
        return
    output = _output(parent)
    fields = {**cancelled(), "output": output.to_firestore()} if parent.cancel_requested else completed(output)
    fence.write(fields)
    log = JobLog(parent.id, jobType=parent.type, attempt=parent.attempt)
    job_ended(log, parent, fields["status"])


def _counted(parent: ProcessingJob) -> tuple[float, int]:
    """The combined progress in percent, and how many children have ended: one read for a thousand of them."""
    alive = _figure(of_parent(parent.id, ALIVE).sum("progress"))
    ended = _figure(of_parent(parent.id, tuple(ENDED)).count())
    return min(99.9, round((alive + 100 * ended) / (parent.children or 1), 1)), int(ended)


def _figure(aggregation: Any) -> float:
    # The library's annotations are wrong here: it answers with two lists, one per answer, one per aggregation.
    answers = aggregation.get()
    return float(answers[0][0].value or 0)


def of_parent(parent_id: str, statuses: Sequence[str]) -> Query:
    """The children of a job, of some statuses."""
    jobs = client().collection(config.JOBS).where(filter=FieldFilter("parentId", "==", parent_id))
    return jobs.where(filter=FieldFilter("status", "in", list(statuses)))


def _cancel_children(parent_id: str) -> None:
    batch = client().batch()
    for child in of_parent(parent_id, ALIVE).select(["cancelRequested"]).get():
        if (child.to_dict() or {}).get("cancelRequested") is not True:
            batch.update(child.reference, {"cancelRequested": True, "updatedAt": firestore.SERVER_TIMESTAMP})
    batch.commit()


def _output(parent: ProcessingJob) -> BatchOutput:
    failures = list(_failures(parent))
    total = parent.children or 0
    return BatchOutput(total=total, succeeded=total - len(failures), failed=len(failures), failures=failures[:100])


def _failures(parent: ProcessingJob) -> Iterator[ItemFailure]:
    numbers = {child_id(parent.id, number): number for number in range(parent.children or 0)}
    ended = of_parent(parent.id, ("failed", "cancelled")).select(["error", "errorCode"])
    children: list[DocumentSnapshot[Any]] = list(ended.get())
    for child in sorted(children, key=lambda child: numbers.get(child.id, 0)):
        data = child.to_dict() or {}
        yield ItemFailure(
            item=str(numbers.get(child.id, child.id)), error=data.get("error", ""), error_code=data.get("errorCode", "")
        )


def _document(parent: ProcessingJob, name: str, child: ChildJob) -> dict[str, Any]:
    return {
        "id": name,
        "userId": parent.user_id,
        "type": child.type,
        "input": child.input,
        "status": "pending",
        "progress": 0,
        "parentId": parent.id,
        "createdAt": firestore.SERVER_TIMESTAMP,
    }
