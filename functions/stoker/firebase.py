"""The process's one Firebase Admin app: Cloud Tasks and Auth are reached through it."""

import firebase_admin

from stoker import config

HTTP_SECONDS = 10
"""The longest that a try at Firebase Auth waits for an answer. The SDK's 120 s are more than most callers have."""


def start(project: str | None) -> firebase_admin.App:
    """Make the app.

    Args:
        project: The project's id. None if it is not known yet: then the SDK looks for it when it needs it.
    """
    named = {"projectId": project} if project is not None else {}
    return firebase_admin.initialize_app(options={**named, "httpTimeout": HTTP_SECONDS})


def app() -> firebase_admin.App:
    """The app; made at the first call."""
    try:
        return firebase_admin.get_app()
    except ValueError:
        return start(config.project())
