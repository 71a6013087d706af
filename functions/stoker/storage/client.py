"""The process's one Cloud Storage bucket."""

import functools
import os

from google.auth.credentials import AnonymousCredentials
from google.cloud.storage import Bucket, Client

from stoker import config


@functools.cache
def bucket() -> Bucket:
    """The project's default bucket; safe to share between threads."""
    # The client would ask for the bucket's metadata in another thread, for traces that are not made. The request costs
    # an operation in each new process, needs one more permission, and goes on after the job's end.
    os.environ.setdefault("DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA", "true")
    credentials = AnonymousCredentials() if config.emulated() else None
    return Client(project=config.project(), credentials=credentials).bucket(config.bucket())
