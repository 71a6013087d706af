"""Run and end: one attempt at a job, from its claim to its final write."""

import contextlib
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar, cast

from google.api_core import exceptions

from stoker.errors import (
    HandedBack,
    InternalError,
    JobCancelled,
    LeaseLost,
    PermanentError,
    TimeIsUp,
    TransientError,
    Unavailable,
)
from stoker.firestore.errors import TRANSIENT
from stoker.jobs.children import Children, made, settle, start_again
from stoker.jobs.claim import TRIES, Claim, WritesRefused
from stoker.jobs.claiming import claim
from stoker.jobs.end import cancelled, completed, failed, handed_back, pending_again, waiting_for_children
from stoker.jobs.leftovers import remove_leftovers
from stoker.jobs.metrics import attempt_began, attempt_retried, job_ended
from stoker.jobs.queue import enqueue
from stoker.jobs.reporter import Reporter
from stoker.jobs.run import JobRun
from stoker.jobs.workspace import workspace
from stoker.logs import JobLog
from stoker.models.document import Model
from stoker.models.job import JobOutput, has_ended
from stoker.storage.outputs import AttemptOutputs

Input = TypeVar("Input", bound=Model)
Worker = Callable[[JobRun, Input], JobOutput | Children]
"""Does the work of one type of job: takes the run and the input, returns what it made, or the jobs to do it."""

Result = JobOutput | Children | PermanentError | TransientError | JobCancelled | HandedBack | TimeIsUp


class AttemptHandedBack(Exception):
    """Tells Cloud Tasks to come back, to another instance."""


def work(job_id: str, worker: Worker[Input]) -> None:
    """Makes an attempt at a job, if it is there to be had.

    Args:
        job_id: The document's id.
        worker: Does the work.

    Raises:
        AttemptHandedBack: The platform takes this instance away: the queue should send the task again.
        NotYetDue: The task came too early: the queue should send it again.
    """
    held = claim(job_id)
    if held is None:
        return
    document = held.job.document
    log = JobLog(job_id, jobType=document.type, attempt=held.attempt)
    attempt_began(log, document)
    outputs = AttemptOutputs(document.user_id, document.id, held.name)
    try:
        _attempt(held, worker, outputs, log)
    except LeaseLost as lost:
        log.warning("The attempt lost the job, and has changed nothing.", reason=lost.message)
        remove_leftovers(document.user_id, job_id)


def _attempt(held: Claim, worker: Worker[Input], outputs: AttemptOutputs, log: JobLog) -> None:
    began = time.monotonic()
    document = held.job.document
    with workspace() as folder, Reporter(held, log) as reporter:
        run = JobRun(held, outputs, reporter, folder, log)
        result = _result(worker, run, cast(Input, held.job.input), log)
    result, fields = _end(held, _unless_cancelled(reporter, result))
    status = fields["status"]
    if has_ended(status):
        job_ended(log, held.as_claimed(), status, fields.get("errorCode") if status != "completed" else None)
        if document.started_at is not None or not isinstance(result, JobOutput):
            # Otherwise there was no other attempt, and this one has published all that it made.
            remove_leftovers(document.user_id, document.id)
        if document.parent_id is not None:
            settle(document.parent_id)
    elif isinstance(result, Children):
        log.info("The job has made others, and waits for them.", children=len(result.jobs))
        _start_again(document.id, log)
    elif isinstance(result, HandedBack):
        raise AttemptHandedBack(result.message)
    elif isinstance(result, TimeIsUp):
        log.info("The time was up; the next attempt goes on from here.")
        _ask_for_the_next(held, None, log)
    else:
        attempt_retried(log, str(fields["errorCode"]), round(time.monotonic() - began, 3))
        _ask_for_the_next(held, fields["runAfter"], log)


def _result(worker: Worker[Input], run: JobRun, job_input: Input, log: JobLog) -> Result:
    try:
        return worker(run, job_input)
    except (PermanentError, TransientError, JobCancelled, HandedBack, TimeIsUp) as error:
        return error
    except LeaseLost:
        raise
    except TRANSIENT as error:
        log.error("A service did not answer.", error)
        return Unavailable("A service that the work needs did not answer.")
    except Exception as error:
        # A bug of ours, or something new in the world: the user learns that, the log learns where.
        log.error("The attempt met an error that nobody foresaw.", error)
        return InternalError("Something went wrong on our side. If trying again did not help, report the job's id.")


def _unless_cancelled(reporter: Reporter, result: Result) -> Result:
    """The work may be done before it hears of what the reporter has heard."""
    try:
        reporter.check()
    except JobCancelled as error:
        return error
    except HandedBack:
        pass  # What is done is done: there is time enough for the final write.
    return result


def _end(held: Claim, result: Result) -> tuple[Result, dict[str, Any]]:
    """Makes the final write; returns what it said."""
    try:
        return result, _ended(held, result)
    except JobCancelled as meanwhile:
        return meanwhile, _ended(held, meanwhile)
    except PermanentError as error:
        return error, _ended(held, error)
    except TRANSIENT:
        if not isinstance(result, Children):
            raise  # the lease lapses, and the sweeper brings the job back
        later = Unavailable("The jobs of the batch could not be written.")
        return later, _ended(held, later)


def _ended(held: Claim, result: Result) -> dict[str, Any]:
    fields = _fields(held, result)
    if isinstance(result, Children):
        _hand_over(held, fields, result)
    else:
        held.end(fields)
    return fields


def _hand_over(held: Claim, fields: dict[str, Any], children: Children) -> None:
    for _ in range(TRIES):
        # Refused: a child of an earlier run has changed since it was read.
        with contextlib.suppress(WritesRefused):
            return held.end(fields, made(held.job.document, children))
    raise exceptions.Aborted("The job's children are written by others too often.")


def _start_again(parent_id: str, log: JobLog) -> None:
    try:
        start_again(parent_id)
    except Exception as error:
        # As below.
        log.error("The job's children could not be queued again; the sweeper will do it.", error)


def _ask_for_the_next(held: Claim, due: datetime | None, log: JobLog) -> None:
    document = held.job.document
    try:
        # By the attempt's own name: numbers come again where none is counted, or where the job is retried by hand, and
        # Cloud Tasks would drop a second task of the same.
        enqueue(document.type, document.id, f"after/{held.name}", due)
    except Exception as error:
        # Whatever keeps the task out of the queue, the sweeper finds the job when it is due.
        log.error("The next attempt could not be queued; the sweeper will do it.", error)


def _fields(held: Claim, result: Result) -> dict[str, Any]:
    match result:
        case JobOutput():
            return completed(result)
        case Children():
            return waiting_for_children(len(result.jobs))
        case JobCancelled():
            return {**cancelled(), **held.ended(result.code)}
        case HandedBack() | TimeIsUp():
            return handed_back(held.attempt)
        case TransientError() if not held.last:
            return {**pending_again(result, held.attempt), **held.ended(result.code)}
        case _:
            return {**failed(result), **held.ended(result.code)}
