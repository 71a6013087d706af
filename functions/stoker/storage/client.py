"""The process's one Cloud Storage bucket."""

import functools
import os
from typing import Any

from google.auth.credentials import AnonymousCredentials
from google.cloud.storage import Bucket, Client
from google.cloud.storage.retry import DEFAULT_RETRY

from stoker import config

TRY_SECONDS = 10
"""The longest time that one try waits for an answer, in seconds. The library would wait for 60 s."""

CALL_SECONDS = 20
"""The longest time for which a call is tried again, in seconds. The library would try again for 120 s."""


@functools.cache
def bucket() -> Bucket:
    """Return the project's default bucket. Threads may share it."""
    # Without this variable, the client reads the bucket's metadata in another thread, for traces that nobody makes.
    # That request costs an operation in each new process, needs one more permission, and may go on after the job's end.
    os.environ.setdefault("DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA", "true")
    credentials = AnonymousCredentials() if config.emulated() else None
    return Client(project=config.project(), credentials=credentials).bucket(config.bucket())


def patience() -> dict[str, Any]:
    """Return the `timeout` and `retry` of a call that lists or deletes objects in a sweep, a callable or an event.

    Example:
        >>> sorted(patience())
        ['retry', 'timeout']
    """
    return {"timeout": TRY_SECONDS, "retry": DEFAULT_RETRY.with_timeout(CALL_SECONDS)}
