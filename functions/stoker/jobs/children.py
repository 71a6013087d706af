"""The children of a job: jobs that it has made. They run as any other job, and no worker waits for them.

The end of each child updates the job that has made it.
"""

import contextlib
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from google.api_core import exceptions
from google.cloud.firestore import SERVER_TIMESTAMP
from pydantic import ValidationError

from stoker.errors import InvalidJob, NotRetryable
from stoker.firestore.api_errors import Conflict
from stoker.firestore.documents import StoredDocument
from stoker.firestore.optimistic import until_written
from stoker.firestore.writes import Create, ExtraWrites, Update, Write
from stoker.jobs.batch_output import count_children, was_done
from stoker.jobs.commit import commit_transition, log_of
from stoker.jobs.effects import RemoveLeftovers
from stoker.jobs.events import (
    Cancelled,
    CancelRequested,
    ChildrenCountedAgain,
    ChildrenEnded,
    ChildrenProgressed,
    ChildRetried,
    FailedPermanently,
    Retried,
)
from stoker.jobs.job import load_job, path_of, read_job
from stoker.jobs.leftovers import remove_leftovers
from stoker.jobs.metrics import job_ended
from stoker.jobs.settings import users_are_limited
from stoker.jobs.states import QUEUE_FIELDS, JobState
from stoker.jobs.store import store
from stoker.jobs.transitions import decide
from stoker.jobs.waiting import wake_next
from stoker.logs import JobLog
from stoker.models.job import RUNNING_AGAIN, BatchOutput, ProcessingJob, has_ended
from stoker.models.problems import problems
from stoker.queries import job_queries

CHILD_FIELDS = (
    *("status", "stage", "attempt", "cancelRequested", "type", "createdAt"),
    *("startedAt", "attempts", "endedBy"),
)
"""The fields of a child that decide about its cancellation. The last three show whether it may have uploaded files."""


@dataclass(frozen=True)
class ChildJob:
    """A job that is to be made.

    Attributes:
        type: The type of the job.
        input: The input of the job. It is checked when the job is dispatched, as the input of any job.
    """

    type: str
    input: dict[str, Any]


@dataclass(frozen=True)
class Children:
    """The result of a worker that makes other jobs.

    Attributes:
        jobs: The jobs to make; at least one.
    """

    jobs: Sequence[ChildJob]

    def __post_init__(self) -> None:
        if not self.jobs:
            raise ValueError("`jobs` is empty. Return a JobOutput from a worker that makes no jobs.")


def child_writes(parent: ProcessingJob, children: Children) -> ExtraWrites:
    """Return the writes of a batch's children, for the commit that ends the batch's attempt: all are made, or none.

    Children that exist already are of an earlier run of the batch. Completed children stay as they are, and the others
    begin anew. A child that was completed in an earlier run and was deleted since is not made again.

    Raises:
        InvalidJob: Another job, which this batch has not made, has the id of a child.
    """
    paths = [path_of(child_id(parent.id, number)) for number in range(len(children.jobs))]
    present = {found.path: found for found in store().documents.get_all(paths, ["status", "parentId"])}
    for found in present.values():
        if found.data.get("parentId") != parent.id:
            raise InvalidJob(f"Another job already has the id {found.id}. Write this batch under another id.")
    writes: list[Write] = []
    for number, (path, child) in enumerate(zip(paths, children.jobs, strict=True)):
        existing = present.get(path)
        if existing is None:
            if not was_done(parent.output, number):
                writes.append(Create(path, _document(parent, path, child)))
        elif existing.data.get("status") in ("failed", "cancelled"):
            now = store().host.now()
            renewed = decide(JobState.of(existing.id, existing.data), Retried(now), now)
            writes.append(Update(path, {**renewed.fields, "updatedAt": SERVER_TIMESTAMP}, existing.update_time))
    return writes


def child_id(parent_id: str, number: int) -> str:
    """Return the id of a job's child. It follows from the parent's id, so that no child is made twice.

    Args:
        parent_id: The id of the job that makes the child.
        number: The child's place in the list of children, from 0.

    Example:
        >>> child_id("holiday", 7)
        'holiday-007'
    """
    # The parent's id may have the greatest length that an id may have, so that no number fits behind it.
    stem = parent_id if len(parent_id) <= 120 else hashlib.sha256(parent_id.encode()).hexdigest()
    return f"{stem}-{number:03}"


def enqueue_children(parent_id: str) -> None:
    """Queue the children that an earlier run of a batch had left undone. They are not new, so no trigger queues them.

    Args:
        parent_id: The id of the batch, which waits for its children from now on.
    """
    for child in store().documents.find(job_queries.queued_children(parent_id).only(*QUEUE_FIELDS)):
        store().enqueue(JobState.of(child.id, child.data), f"again/{store().host.token()}")


def retried_child_writes(child: JobState) -> ExtraWrites:
    """Return the write that marks a batch of which a child is retried, for the commit of the retry.

    A batch that has ended counts its children again from then on. A batch that is about to end waits for the child.

    Args:
        child: The retried job. If no batch has made it, there is no write.

    Raises:
        NotRetryable: The batch itself runs again, and will run the child.
    """
    found = load_job(child.parent_id) if child.parent_id is not None else None
    if found is None:
        return ()
    parent = JobState.of(found.id, found.data)
    if parent.state in ("pending", "processing"):
        raise NotRetryable(
            f"The job {child.id} can't be retried, because its batch {parent.id} runs again and will run this job too. "
            "Wait for the batch."
        )
    fields = decide(parent, ChildRetried(), store().host.now()).fields
    return (Update(found.path, {**fields, "updatedAt": SERVER_TIMESTAMP}, found.update_time),) if fields else ()


def update_parent(parent_id: str) -> None:
    """Update a job that waits for its children: its progress, its end after the last child, or its cancellation.

    If the job is cancelled, its children are cancelled too. If the job has ended and children of it were retried, its
    children are counted again. This may be called at any time, and any number of times.

    Args:
        parent_id: The id of the job.
    """
    try:
        until_written(lambda: _update(parent_id), host=store().host)
    except exceptions.Aborted:
        # Give up under this contention: a later child or the sweeper will update the parent.
        JobLog(parent_id).info("Many children have ended at the same time; a later child will update the job.")


def _update(parent_id: str) -> None:
    found = load_job(parent_id)
    if found is None:
        return
    state = JobState.of(parent_id, found.data)
    if has_ended(state.state):
        if state.stage == RUNNING_AGAIN:
            _count_again(found, state)
        return
    try:
        parent = _read_parent(found, state)
    except InvalidJob as error:
        commit_transition(found, state, FailedPermanently(error))
        return
    if parent is None:
        return
    if parent.cancel_requested:
        _cancel_children(parent)
    alive, progress = _counted(parent)
    if alive:
        if progress > parent.progress:
            commit_transition(found, state, ChildrenProgressed(progress))
        return
    output, _ = count_children(_names(parent_id, parent.children or 0), parent.output)
    ended = commit_transition(found, state, ChildrenEnded(output))
    job_ended(log_of(state), parent, ended.state)


def _count_again(found: StoredDocument, state: JobState) -> None:
    """Count the children of a batch that has ended, because some of them were retried."""
    earlier = BatchOutput.from_firestore(found.data["output"])
    output, alive = count_children(_names(state.id, earlier.total), earlier)
    if output != earlier or not alive:
        commit_transition(found, state, ChildrenCountedAgain(output, alive))


def _names(parent_id: str, count: int) -> list[str]:
    return [child_id(parent_id, number) for number in range(count)]


def _read_parent(found: StoredDocument, state: JobState) -> ProcessingJob | None:
    """Return the job if it waits for its children; otherwise None.

    Raises:
        InvalidJob: The document is no longer valid, or can't be read, so the job can't go on.
    """
    if found.readable and state.state != "running-jobs":
        return None
    if not found.readable:
        read_job(found)
    try:
        return ProcessingJob.from_firestore(found.data)
    except ValidationError as error:
        listed = "; ".join(problems(error, found.data))
        raise InvalidJob(f"This job can't go on: {listed}. Write a new job.") from None


def _counted(parent: ProcessingJob) -> tuple[int, float]:
    """Return the number of children that have not ended, and the progress of all children in percent.

    This costs one read for each thousand children. A child whose document is gone counts as ended. Otherwise, its batch
    would wait for ever.
    """
    alive, progress = store().documents.count_and_sum(job_queries.childrens_progress(parent.id), "progress")
    children = parent.children or 1
    return alive, min(99.9, round((progress + 100 * (children - alive)) / children, 1))


def _cancel_children(parent: ProcessingJob) -> None:
    """Cancel the children: pending children end at once, and running children are asked to stop."""
    woken = False
    for child in store().documents.find(job_queries.alive_children(parent.id).only(*CHILD_FIELDS)):
        state = JobState.of(child.id, {**child.data, "userId": parent.user_id})
        # If a child has just begun or ended, the next update of the batch finds that.
        with contextlib.suppress(Conflict):
            _cancel_child(child, state)
        if state.state == "pending":
            woken = woken or state.stage == "queued"
            if RemoveLeftovers() in decide(state, Cancelled(), store().host.now()).effects:
                # This is done after a conflict too. Our own write may have caused the conflict, if the client library
                # sent it twice.
                remove_leftovers(parent.user_id, child.id)
    if woken and users_are_limited():
        # A job that has ended may have woken a child that was then cancelled, so that its place is still free.
        try:
            wake_next(parent.user_id, None)
        except Exception as error:
            # The sweeper wakes waiting jobs too. This error must not stop the counting of the children.
            JobLog(parent.id).error("The owner's next job could not be woken; the sweeper will do it.", error)


def _cancel_child(child: StoredDocument, state: JobState) -> None:
    if state.state == "pending":
        commit_transition(child, state, Cancelled())
    elif not state.cancel_requested:
        commit_transition(child, state, CancelRequested())


def _document(parent: ProcessingJob, path: str, child: ChildJob) -> dict[str, Any]:
    return {
        "id": path.rsplit("/", 1)[-1],
        "userId": parent.user_id,
        "type": child.type,
        "input": child.input,
        "status": "pending",
        "progress": 0,
        "parentId": parent.id,
        "createdAt": SERVER_TIMESTAMP,
    }
