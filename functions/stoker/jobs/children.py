"""Jobs that a job makes: they run as any other, and their ends move it on. No worker waits for them."""

import contextlib
import hashlib
import random
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from google.cloud import firestore
from pydantic import ValidationError

from stoker import config
from stoker.errors import InvalidJob
from stoker.firestore.client import client
from stoker.jobs.end import cancelled, completed, failed, renewed
from stoker.jobs.ended import ended_event
from stoker.jobs.fence import Also, Fence, FenceBroken
from stoker.jobs.leftovers import remove_leftovers
from stoker.jobs.metrics import job_ended
from stoker.jobs.queue import enqueue
from stoker.jobs.unclaimed import end_unclaimed, load
from stoker.logs import JobLog
from stoker.models.document import problems
from stoker.models.job import BatchOutput, ItemFailure, ProcessingJob
from stoker.queries import declared

TRIES = 10
"""How often it is looked again because someone wrote at the same time."""

CHILD_FIELDS = ["status", "attempt", "cancelRequested", "type", "createdAt"]
"""What it takes to cancel a child."""

ERROR_CHARACTERS = 2000
"""What a batch's document tells of one failure."""


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

    def __post_init__(self) -> None:
        if not self.jobs:
            raise ValueError("A job that makes no others has a result of its own.")


def made(parent: ProcessingJob, children: Children) -> Also:
    """What to write in the commit that hands a job over to its children: either all of them are there, or none.

    Children that are there already are of an earlier run of a batch that is run again: those that were completed stay
    as they are, the others begin anew.

    Raises:
        InvalidJob: A job of someone else's making has the id of a child.
    """
    jobs = client().collection(config.JOBS)
    references = [jobs.document(child_id(parent.id, number)) for number in range(len(children.jobs))]
    there = {snapshot.id: snapshot for snapshot in client().get_all(references, field_paths=["status", "parentId"])}
    for snapshot in there.values():
        if snapshot.exists and (snapshot.to_dict() or {}).get("parentId") != parent.id:
            raise InvalidJob(f"There is a job {snapshot.id} already. Write this batch under another id.")

    def write(batch: firestore.WriteBatch) -> None:
        for reference, child in zip(references, children.jobs, strict=True):
            snapshot = there[reference.id]
            if not snapshot.exists:
                batch.create(reference, _document(parent, reference.id, child))
            elif snapshot.get("status") in ("failed", "cancelled"):
                option = firestore.Client.write_option(last_update_time=snapshot.update_time)
                # `runAfter`, so that the sweeper finds it soon where `start_again` is lost.
                again = {**renewed(), "runAfter": datetime.now(UTC), "updatedAt": firestore.SERVER_TIMESTAMP}
                batch.update(reference, again, option=option)

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


def start_again(parent_id: str) -> None:
    """Queues the children that an earlier run of a batch had left undone: they are not new, so no trigger does it.

    Args:
        parent_id: The batch, which has just been handed over to its children.
    """
    for child in declared.queued_children(parent_id).select(["type"]).get():
        enqueue(child.get("type"), child.id, f"again/{secrets.token_hex(8)}")


def settle(parent_id: str) -> None:
    """Moves a job on that waits for its children: tells how far they are, ends it with the last of them, and has its
    cancellation reach them. May be called at any time, by anyone, any number of times.

    Args:
        parent_id: The job.
    """
    for tried in range(TRIES):
        try:
            _settle(parent_id)
        except FenceBroken:
            # Another child ended at the same time and counted before this one had, or the owner wrote.
            time.sleep(random.uniform(0, 0.05 * tried))
        else:
            return
    # So many write it that one of them, or the sweeper, will come later than all that is to be counted.


def _settle(parent_id: str) -> None:
    snapshot = load(parent_id)
    data = (snapshot.to_dict() or {}) if snapshot is not None else {}
    if snapshot is None or data.get("status") != "processing" or data.get("children") is None:
        return
    fence = Fence.of(snapshot)
    try:
        document = ProcessingJob.from_firestore(data)
    except ValidationError as error:
        listed = "; ".join(problems(error, data))
        fence.write(failed(InvalidJob(f"This job can't go on: {listed}. Write a new one.")))
        return
    if not document.waits_for_children:
        return
    if document.cancel_requested:
        _cancel_children(document)
    alive, progress = _counted(document)
    if alive:
        if progress > document.progress:
            fence.write({"progress": progress})
        return
    output = _output(document)
    ends = {**cancelled(), "output": output.to_firestore()} if document.cancel_requested else completed(output)
    fence.write(ends, ended_event(data, ends))
    status = "cancelled" if document.cancel_requested else "completed"
    job_ended(JobLog(parent_id, jobType=document.type, attempt=document.attempt), document, status)


def _counted(parent: ProcessingJob) -> tuple[int, float]:
    """How many children are alive, and the progress of all in percent: one read for a thousand of them.

    One that is gone counts as one that has ended, or its batch would wait for ever.
    """
    # The library's annotations are wrong here: it answers with two lists, one per answer, one per aggregation.
    counting: Any = declared.childrens_progress(parent.id)
    found = {answer.alias: answer.value or 0 for answer in counting.get()[0]}
    alive, children = int(found["alive"]), parent.children or 1
    return alive, min(99.9, round((found["progress"] + 100 * (children - alive)) / children, 1))


def _cancel_children(parent: ProcessingJob) -> None:
    """Ends the children that nobody works on, and asks for the end of the others."""
    for child in declared.alive_children(parent.id).select(CHILD_FIELDS).get():
        fence = Fence.of(child)
        data = child.to_dict() or {}
        # Where one has just begun or ended, the next to look after the batch finds it so.
        with contextlib.suppress(FenceBroken):
            if data["status"] == "pending":
                tell = ended_event({**data, "userId": parent.user_id}, cancelled())
                end_unclaimed(fence, cancelled(), JobLog(child.id, attempt=data.get("attempt", 0)), tell)
                if data.get("attempt"):
                    remove_leftovers(parent.user_id, child.id)
            elif data.get("cancelRequested") is not True:
                fence.write({"cancelRequested": True})


def _output(parent: ProcessingJob) -> BatchOutput:
    jobs = client().collection(config.JOBS)
    names = [child_id(parent.id, number) for number in range(parent.children or 0)]
    seen = client().get_all([jobs.document(name) for name in names], field_paths=["status", "error", "errorCode"])
    children = {snapshot.id: snapshot.to_dict() for snapshot in seen}
    failures = [
        _failure(number, children.get(name))
        for number, name in enumerate(names)
        if (children.get(name) or {}).get("status") != "completed"
    ]
    return BatchOutput(
        total=len(names), succeeded=len(names) - len(failures), failed=len(failures), failures=failures[:100]
    )


def _failure(number: int, child: dict[str, Any] | None) -> ItemFailure:
    if child is None:
        return ItemFailure(item=str(number), error="The job was deleted before it had ended.", error_code="deleted")
    # Shortened: all of them must fit the batch's document.
    error = str(child.get("error", ""))[:ERROR_CHARACTERS]
    return ItemFailure(item=str(number), error=error, error_code=str(child.get("errorCode", "")))


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
