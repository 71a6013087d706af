"""Run and end: one attempt at a job, from its claim to its final write."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar, cast

from stoker.errors import (
    HandedBack,
    InternalError,
    JobCancelled,
    LeaseLost,
    PermanentError,
    TransientError,
    Unavailable,
)
from stoker.firestore.errors import TRANSIENT
from stoker.jobs.claim import Claim, claim
from stoker.jobs.end import cancelled, completed, failed, handed_back, pending_again
from stoker.jobs.queue import enqueue
from stoker.jobs.reporter import Reporter
from stoker.jobs.run import JobRun
from stoker.jobs.workspace import workspace
from stoker.logs import JobLog
from stoker.models.document import Model
from stoker.models.job import JobOutput
from stoker.storage.outputs import AttemptOutputs, remove_outputs

Input = TypeVar("Input", bound=Model)
Worker = Callable[[JobRun, Input], JobOutput]
"""Does the work of one type of job: takes the run and the input, returns what it made."""


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
    log = JobLog(job_id, jobType=held.job.document.type, attempt=held.attempt)
    log.info("The attempt begins.")
    try:
        _attempt(held, worker, log)
    except LeaseLost as lost:
        log.warning("The attempt lost the job, and has changed nothing.", reason=lost.message)


def _attempt(held: Claim, worker: Worker[Input], log: JobLog) -> None:
    document = held.job.document
    outputs = AttemptOutputs(document.user_id, document.id, held.name)
    try:
        with workspace() as folder, Reporter(held, log) as reporter:
            run = JobRun(document, outputs, reporter, folder, log)
            result = _result(worker, run, cast(Input, held.job.input), log)
        result = _end(held, _unless_cancelled(reporter, result), log)
    except LeaseLost:
        outputs.discard()
        raise
    # Not after any other error: a final write whose answer was lost may still have made them the job's.
    if isinstance(result, HandedBack):
        outputs.discard()
        raise AttemptHandedBack(result.message)
    if isinstance(result, TransientError) and not held.last:
        outputs.discard()
        return
    if held.attempt > 1 or not isinstance(result, JobOutput):
        published = {file.path for file in result.files} if isinstance(result, JobOutput) else set()
        remove_outputs(document.user_id, document.id, published)


Result = JobOutput | PermanentError | TransientError | JobCancelled | HandedBack


def _result(worker: Worker[Input], run: JobRun, job_input: Input, log: JobLog) -> Result:
    try:
        return worker(run, job_input)
    except (PermanentError, TransientError, JobCancelled, HandedBack) as error:
        return error
    except LeaseLost:
        raise
    except TRANSIENT as error:
        log.error("A service did not answer.", error)
        return Unavailable("A service that the work needs did not answer. The job is tried again by itself.")
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


def _end(held: Claim, result: Result, log: JobLog) -> Result:
    try:
        fields = _fields(held, result)
        held.end(fields)
    except JobCancelled as meanwhile:
        result, fields = meanwhile, _fields(held, meanwhile)
        held.end(fields)
    log.info("The attempt ended.", status=fields["status"], errorCode=getattr(result, "code", None))
    if fields["status"] == "pending" and "runAfter" in fields:
        _ask_for_the_next(held, fields["runAfter"], log)
    return result


def _ask_for_the_next(held: Claim, due: datetime, log: JobLog) -> None:
    document = held.job.document
    try:
        # By its own name: where the job is retried by hand, attempts are numbered anew.
        enqueue(document.type, document.id, f"after/{held.name}", due)
    except Exception as error:
        # Whatever keeps the task out of the queue, the sweeper finds the job when it is due.
        log.error("The next attempt could not be queued; the sweeper will do it.", error)


def _fields(held: Claim, result: Result) -> dict[str, Any]:
    match result:
        case JobOutput():
            return completed(result)
        case JobCancelled():
            return {**cancelled(), **held.ended(result.code)}
        case HandedBack():
            return handed_back(held.attempt)
        case TransientError() if not held.last:
            return {**pending_again(result, held.attempt), **held.ended(result.code)}
        case _:
            return {**failed(result), **held.ended(result.code)}
