"""An attempt at a job: run the worker, keep the lease alive, and make the final write.

An attempt stops before `config.ATTEMPT_SECONDS`, the longest time of all types of jobs.
"""

from collections.abc import Callable
from typing import TypeVar, cast

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
from stoker.firestore.api_errors import TRANSIENT
from stoker.firestore.optimistic import TRIES
from stoker.firestore.writes import Written
from stoker.jobs.admission import Refused, take_job
from stoker.jobs.backoff import backoff_seconds
from stoker.jobs.children import Children, child_writes
from stoker.jobs.context import JobContext
from stoker.jobs.effects import Redeliver
from stoker.jobs.events import (
    AttemptEnd,
    Cancelled,
    FailedPermanently,
    FailedTransiently,
    MadeChildren,
    OutOfTime,
    Preempted,
    Succeeded,
)
from stoker.jobs.lease import Lease, WritesRefused
from stoker.jobs.leftovers import remove_leftovers
from stoker.jobs.metrics import attempt_began, attempt_ended
from stoker.jobs.perform import perform
from stoker.jobs.progress import Heartbeat
from stoker.jobs.store import store
from stoker.jobs.transitions import Transition
from stoker.logs import JobLog
from stoker.models.document import Model
from stoker.models.job import JobOutput
from stoker.storage.outputs import AttemptOutputs

Input = TypeVar("Input", bound=Model)
Worker = Callable[[JobContext, Input], JobOutput | Children]
"""A function that does the work of one type of job. It takes the context and the input. It returns the result, or the
jobs to be made that do the work."""


class AttemptHandedBack(Exception):
    """The stop of this instance by the platform. Cloud Tasks sends the task again, to another instance."""


def run_attempt(job_id: str, worker: Worker[Input]) -> None:
    """Make an attempt at a job, if the job may begin.

    Args:
        job_id: The document's id.
        worker: The function that does the work.

    Raises:
        AttemptHandedBack: The queue must send the task again, because the platform stops this instance.
        NotYetDue: The queue must send the task again, because it came too early.
    """
    lease = begin_attempt(job_id)
    if lease is None:
        return
    document = lease.job.document
    log = JobLog(job_id, jobType=document.type, attempt=lease.attempt)
    attempt_began(log, document)
    try:
        result = _run(lease, worker, log)
        transition, released = end_attempt(lease, result)
    except LeaseLost as lost:
        log.warning("The attempt lost the job, and has changed nothing.", reason=lost.message)
        remove_leftovers(document.user_id, job_id)
        return
    attempt_ended(log, lease.as_leased(), transition)
    perform(lease.state, transition, released)
    if Redeliver() in transition.effects:
        raise AttemptHandedBack("The platform stops this instance; another instance goes on with the job.")


def begin_attempt(job_id: str) -> Lease | None:
    """Take a job under a new lease. If the job may not begin, perform the effects of the refusal, and return None.

    Raises:
        NotYetDue: The job must wait for its `runAfter`.
    """
    taken = take_job(job_id)
    if isinstance(taken, Refused):
        perform(taken.state, taken.transition)
        return None
    return taken


Result = JobOutput | Children | PermanentError | TransientError | JobCancelled | HandedBack | TimeIsUp


def _run(lease: Lease, worker: Worker[Input], log: JobLog) -> Result:
    """Run the worker while a heartbeat keeps the lease alive."""
    document = lease.job.document
    outputs = AttemptOutputs(document.user_id, document.id, lease.name)
    with store().workspace() as folder, Heartbeat(lease, log) as heartbeat:
        context = JobContext(lease, outputs, heartbeat, folder, log)
        result = _result(worker, context, cast(Input, lease.job.input), log)
    try:
        heartbeat.check()
    except JobCancelled as cancelled:
        return cancelled  # The work was done before the worker noticed the cancellation.
    except HandedBack:
        pass  # The work is done, and there is enough time for the final write.
    return result


def _result(worker: Worker[Input], context: JobContext, job_input: Input, log: JobLog) -> Result:
    """Run the worker, and return its result or the error that ended it. Only `LeaseLost` is raised."""
    try:
        return worker(context, job_input)
    except (PermanentError, TransientError, JobCancelled, HandedBack, TimeIsUp) as error:
        return error
    except LeaseLost:
        raise
    except TRANSIENT as error:
        log.error("A service did not answer.", error)
        return Unavailable("A service that the work needs did not answer.")
    except Exception as error:
        # A bug, or an answer of a service that the code does not know. Only the log has the details.
        log.error("The attempt ended with an unexpected error.", error)
        return InternalError("Something went wrong on our side.")


def end_attempt(lease: Lease, result: Result) -> tuple[Transition, Written | None]:
    """Make the final write.

    Args:
        lease: The attempt's lease.
        result: The result of the attempt's work. If the write finds a cancellation or an error, the job ends with that
            instead.

    Returns:
        The transition, and the answer to the write that gives the job's place back, as `Lease.end`. The caller must
        still perform the effects.

    Raises:
        LeaseLost: The attempt no longer holds the job.
    """
    try:
        if isinstance(result, Children):
            return _hand_over(lease, result)
        return lease.end(_event(lease, result))
    except JobCancelled:
        return lease.end(Cancelled())
    except PermanentError as error:
        return end_attempt(lease, error)
    except TRANSIENT:
        if not isinstance(result, Children):
            raise  # The lease lapses, and the sweeper brings the job back.
        return end_attempt(lease, Unavailable("The jobs of the batch could not be written."))


def _event(lease: Lease, result: Result) -> AttemptEnd:
    """Map the result of an attempt to the event that the job meets."""
    match result:
        case JobOutput():
            return Succeeded(result)
        case Children():
            return MadeChildren(len(result.jobs))
        case JobCancelled():
            return Cancelled(result.message)
        case HandedBack():
            return Preempted()
        case TimeIsUp():
            return OutOfTime()
        case TransientError():
            return FailedTransiently(result, backoff_seconds(lease.attempt))
        case PermanentError():
            return FailedPermanently(result)


def _hand_over(lease: Lease, children: Children) -> tuple[Transition, Written | None]:
    for _ in range(TRIES):
        try:
            return lease.end(_event(lease, children), child_writes(lease.job.document, children))
        except WritesRefused:
            continue  # A child of an earlier run has changed since it was read.
    raise exceptions.Aborted(f"In each of {TRIES} tries, another writer changed a child of the job first.")
