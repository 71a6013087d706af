"""Structured log lines that Cloud Logging can filter by job."""

import traceback
from typing import Any

from firebase_functions import logger

MOST_CAUSES = 20
"""The most errors behind an error that are looked at."""

FORBIDDEN = 403
"""The HTTP status of a refusal for a missing permission."""

CURE = "The account of the functions lacks a role, or an API is not enabled: run `stoker doctor`, which names it."
"""The field `cure` of a line about a call that Google has refused for a missing permission."""

CURE_OF_RETENTION = "The bucket's retention policy keeps this file. Remove the policy, or wait until it ends."
"""The field `cure` of a line about a file that Cloud Storage keeps for a time."""

RETENTION = "retention policy"
"""A part of Cloud Storage's sentence about such a file.
Source: https://cloud.google.com/storage/docs/json_api/v1/status-codes (retentionPolicyNotMet)"""


def log_error(message: str, error: BaseException | None, **fields: Any) -> None:
    """Log an error on our side, with its stack. Users never see the stack.

    Args:
        message: A sentence.
        error: The error; None if the line has no stack.
        fields: More fields of the line. JSON must have a form for each.
    """
    # The stack is text, because the logger fails on an exception object (firebase-functions-python #172).
    stack = {"stack": "".join(traceback.format_exception(error))} if error is not None else {}
    if error is not None and is_denied(error):
        fields["cure"] = CURE_OF_RETENTION if RETENTION in str(error) else CURE
    logger.error(message, **fields, **stack)


def is_denied(error: BaseException) -> bool:
    """Return whether an error, or the error behind it, is Google's refusal for a missing permission."""
    from firebase_admin.exceptions import PermissionDeniedError  # Not above: every cold start would import both.
    from google.api_core.exceptions import Forbidden

    behind: BaseException | None = error
    for _ in range(MOST_CAUSES):  # An error may be its own cause, in a circle.
        if behind is None:
            return False
        status = getattr(getattr(behind, "response", None), "status_code", None)  # Of an upload in several parts.
        if isinstance(behind, Forbidden | PermissionDeniedError) or status == FORBIDDEN:
            return True
        behind = behind.__cause__
    return False


class JobLog:
    """The log of a job: each line carries the job's id, and mostly its type and its attempt.

    The filter `jsonPayload.jobId="..."` finds the lines in Cloud Logging.

    Args:
        job_id: The document's id; empty for a line about no single job.
        fields: More fields of every line, such as `jobType` and `attempt`.
    """

    def __init__(self, job_id: str, **fields: Any) -> None:
        # A client may have written any value into these fields, and the logger fails on a value that JSON has no form
        # for.
        plain = {name: field if isinstance(field, str | int) else str(field) for name, field in fields.items()}
        self._fields = {"jobId": job_id, **plain}

    def info(self, message: str, **fields: Any) -> None:
        """Log that something happened."""
        logger.info(message, **self._fields, **fields)

    def warning(self, message: str, **fields: Any) -> None:
        """Log something that an operator may want to look at."""
        logger.warn(message, **self._fields, **fields)

    def error(self, message: str, error: BaseException | None, **fields: Any) -> None:
        """Log an error on our side, with its stack; see `log_error`."""
        log_error(message, error, **self._fields, **fields)
