"""Log lines that Cloud Monitoring can count: they have an `event`, the job's type, and times in seconds.

A log-based metric filters for `jsonPayload.event="job-ended"`, takes `jobType`, `status` and `errorCode` as labels, and
`runSeconds` or `queueSeconds` for a distribution.
"""

from datetime import datetime

from stoker.jobs.store import store
from stoker.jobs.transitions import Transition
from stoker.logs import JobLog
from stoker.models.job import ProcessingJob, has_ended


def job_queued(log: JobLog, occasion: str) -> None:
    """Log that a task was put into the queue.

    Args:
        log: The job's log.
        occasion: The reason, such as `created`, `retry` or `sweep-...`.
    """
    log.info("The job is queued.", event="job-queued", occasion=occasion)


def attempt_began(log: JobLog, document: ProcessingJob) -> None:
    """Log that an attempt has taken the job. `queueSeconds` is the time that the job waited for its first attempt."""
    waited: dict[str, float] = {}
    if document.started_at is None:
        since = max(document.created_at, document.run_after or document.created_at)
        waited["queueSeconds"] = _seconds_since(since)
    log.info("The attempt begins.", event="attempt-began", **waited)


def attempt_ended(log: JobLog, document: ProcessingJob, transition: Transition) -> None:
    """Log the end of an attempt.

    Args:
        log: The job's log.
        document: The job as it was after the attempt had taken it.
        transition: The transition of the final write.
    """
    code = transition.fields.get("errorCode")
    if has_ended(transition.state):
        job_ended(log, document, transition.state, str(code) if transition.state != "completed" else None)
    elif transition.state == "running-jobs":
        log.info("The job has made other jobs, and waits for them.", children=transition.fields["children"])
    elif code is not None:
        log.info(
            "The attempt failed; another will follow.",
            event="job-retried",
            errorCode=str(code),
            runSeconds=_run_seconds(document),
        )
    else:
        log.info("The attempt does not count; the next attempt goes on from here.")


def job_ended(log: JobLog, document: ProcessingJob, status: str, error_code: str | None = None) -> None:
    """Log that a job has ended.

    `runSeconds` is the time since the start of its last attempt, and `totalSeconds` the time since its creation.
    """
    log.info(
        "The job has ended.",
        event="job-ended",
        status=status,
        errorCode=error_code,
        totalSeconds=_seconds_since(document.created_at),
        **({} if document.started_at is None else {"runSeconds": _run_seconds(document)}),
    )


def job_overdue(seconds: float, jobs: int) -> None:
    """Log that jobs are due, and that no worker has begun them. The sweeper looks for such jobs every ten minutes.

    That is no warning yet, because jobs also wait if their queue is long. An alert is raised after a longer time.

    Args:
        seconds: The time since which the first of them has been due, in seconds.
        jobs: Their number, in this sweep.
    """
    JobLog("").info("Jobs are due, and no worker has begun them.", event="job-overdue", seconds=seconds, jobs=jobs)


def sweep_ended(found: int, failed_steps: int, seconds: float) -> None:
    """Log that a sweep has ended. An alert is raised if this line stays away.

    Args:
        found: The number of jobs that were dispatched or updated.
        failed_steps: The number of steps that failed.
        seconds: The time that the sweep took, in seconds.
    """
    JobLog("").info(
        "The sweep has ended.", event="sweep-ended", found=found, failedSteps=failed_steps, seconds=round(seconds, 3)
    )


def _run_seconds(document: ProcessingJob) -> float:
    return 0.0 if document.started_at is None else _seconds_since(document.started_at)


def _seconds_since(time: datetime) -> float:
    return round(max(0.0, (store().host.now() - time).total_seconds()), 3)
