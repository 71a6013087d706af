"""The process's one Firebase Admin app, which calls Cloud Tasks and Firebase Auth."""

import firebase_admin

from stoker import config

HTTP_SECONDS = 10
"""The longest time that one try at Firebase Auth waits for an answer, in seconds. The SDK would wait for 120 s, which
is longer than most of our functions may run."""


def start(project: str | None) -> firebase_admin.App:
    """Make the app, unless this process has it already.

    Args:
        project: The project's id; None if it is not known yet. The SDK then looks for the id when it needs it.
    """
    try:
        return firebase_admin.get_app()
    except ValueError:  # There is none yet.
        named = {"projectId": project} if project is not None else {}
        return firebase_admin.initialize_app(options={**named, "httpTimeout": HTTP_SECONDS})


def app() -> firebase_admin.App:
    """Return the app. The first call makes it."""
    try:
        return firebase_admin.get_app()
    except ValueError:
        return start(config.project())
