"""Structured log lines that Cloud Logging can filter by job."""

import traceback
from typing import Any

from firebase_functions import logger


def log_error(message: str, error: BaseException | None, **fields: Any) -> None:
    """Says what went wrong on our side, with the stack, which no user ever sees."""
    # As text: the logger fails on an exception object (firebase-functions-python #172).
    stack = {"stack": "".join(traceback.format_exception(error))} if error is not None else {}
    logger.error(message, **fields, **stack)


class JobLog:
    """Writes log lines that each carry the job's id, its type and the attempt.

    Filter for them with `jsonPayload.jobId="..."`.

    Args:
        job_id: The document's id.
        fields: What else every line is to carry, such as `jobType` and `attempt`.
    """

    def __init__(self, job_id: str, **fields: Any) -> None:
        # A document that is no job may hold anything in their place, and the logger fails on what JSON has no form for.
        plain = {name: field if isinstance(field, str | int) else str(field) for name, field in fields.items()}
        self._fields = {"jobId": job_id, **plain}

    def info(self, message: str, **fields: Any) -> None:
        """Says what happened."""
        logger.info(message, **self._fields, **fields)

    def warning(self, message: str, **fields: Any) -> None:
        """Says what someone may want to look at."""
        logger.warn(message, **self._fields, **fields)

    def error(self, message: str, error: BaseException | None, **fields: Any) -> None:
        """Says what went wrong on our side, with the stack, which no user ever sees."""
        log_error(message, error, **self._fields, **fields)
