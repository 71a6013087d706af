"""Events that Cloud Monitoring can count: log lines with an `event`, the job's type, and figures in seconds.

A log-based metric filters for `jsonPayload.event="job-ended"`, takes `jobType`, `status` and `errorCode` as labels, and
`runSeconds` or `queueSeconds` for a distribution.
"""

from datetime import UTC, datetime

from stoker.logs import JobLog
from stoker.models.job import ProcessingJob


def job_queued(log: JobLog, occasion: str) -> None:
    """A task was put into the queue: at `created`, or because something was lost."""
    log.info("The job is queued.", event="job-queued", occasion=occasion)


def attempt_began(log: JobLog, document: ProcessingJob) -> None:
    """An attempt has claimed the job; `queueSeconds` is how long the job waited for its first one."""
    waited: dict[str, float] = {}
    if document.started_at is None:
        since = max(document.created_at, document.run_after or document.created_at)
        waited["queueSeconds"] = _seconds_since(since)
    log.info("The attempt begins.", event="attempt-began", **waited)


def attempt_retried(log: JobLog, error_code: str, run_seconds: float) -> None:
    """An attempt failed, and another one will follow."""
    log.info(
        "The attempt failed; another will follow.", event="job-retried", errorCode=error_code, runSeconds=run_seconds
    )


def job_ended(log: JobLog, document: ProcessingJob, status: str, error_code: str | None = None) -> None:
    """A job has ended; `runSeconds` counts from the start of its last attempt, `totalSeconds` from its creation."""
    started = {} if document.started_at is None else {"runSeconds": _seconds_since(document.started_at)}
    log.info(
        "The job has ended.",
        event="job-ended",
        status=status,
        errorCode=error_code,
        totalSeconds=_seconds_since(document.created_at),
        **started,
    )


def _seconds_since(time: datetime) -> float:
    return round(max(0.0, (datetime.now(UTC) - time).total_seconds()), 3)
