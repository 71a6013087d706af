"""The process's one Cloud Storage bucket."""

import functools
import os
from typing import Any

from google.auth.credentials import AnonymousCredentials
from google.cloud.storage import Bucket, Client
from google.cloud.storage.retry import DEFAULT_RETRY

from stoker import config

TRY_SECONDS = 10
"""The longest that a try waits for an answer. The library waits for 60 s, and then tries again for 120 s."""

CALL_SECONDS = 20
"""The longest time after which a call is tried again."""


@functools.cache
def bucket() -> Bucket:
    """The project's default bucket; safe to share between threads."""
    # The client would ask for the bucket's metadata in another thread, for traces that are not made. The request costs
    # an operation in each new process, needs one more permission, and goes on after the job's end.
    os.environ.setdefault("DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA", "true")
    credentials = AnonymousCredentials() if config.emulated() else None
    return Client(project=config.project(), credentials=credentials).bucket(config.bucket())


def patience() -> dict[str, Any]:
    """Return the `timeout` and `retry` of a call that lists or deletes, for a sweep, a callable or an event.

    Example:
        >>> sorted(patience())
        ['retry', 'timeout']
    """
    return {"timeout": TRY_SECONDS, "retry": DEFAULT_RETRY.with_timeout(CALL_SECONDS)}
