"""The process's one Firestore client."""

import functools

from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore

from stoker import config


@functools.cache
def client() -> firestore.Client:
    """The client; safe to share between threads.

    Not `firebase_admin.firestore.client()`, which demands real credentials even of the emulator.

    Example:
        >>> client().collection("processingJobs")  # doctest: +SKIP
    """
    credentials = AnonymousCredentials() if config.emulated() else None
    return firestore.Client(project=config.project(), credentials=credentials)
