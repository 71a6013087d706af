"""The log lines that the code of the functions writes while a command runs it."""

from collections.abc import Callable, Mapping
from typing import Any

from firebase_functions import logger


def divert_log(write: Callable[[Mapping[str, Any]], None] = lambda entry: None) -> None:
    """Keep the log lines away from the terminal. They are for Cloud Logging.

    Args:
        write: Takes the fields of each line. By default, the lines are dropped.
    """
    setattr(logger, "write", write)  # noqa: B010 - a function, which mypy allows no assignment to
