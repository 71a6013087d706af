"""The process's one Firestore client."""

import functools

from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore

from stoker import config


@functools.cache
def client() -> firestore.Client:
    """Return the client. Threads may share it.

    `firebase_admin.firestore.client()` would not do, because it needs real credentials even for the emulator.

    Example:
        >>> client().collection("processingJobs")  # doctest: +SKIP
    """
    credentials = AnonymousCredentials() if config.emulated() else None
    return firestore.Client(project=config.project(), credentials=credentials, database=config.DATABASE)
