"""The process's one Cloud Storage bucket."""

import functools

from google.auth.credentials import AnonymousCredentials
from google.cloud.storage import Bucket, Client

from stoker import config


@functools.cache
def bucket() -> Bucket:
    """The project's default bucket; safe to share between threads."""
    credentials = AnonymousCredentials() if config.emulated() else None
    return Client(project=config.project(), credentials=credentials).bucket(config.bucket())
