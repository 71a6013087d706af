"""The process's one Firebase Admin app: Cloud Tasks and Auth are reached through it."""

import firebase_admin

from stoker import config


def app() -> firebase_admin.App:
    """The app; made at the first call."""
    try:
        return firebase_admin.get_app()
    except ValueError:
        return firebase_admin.initialize_app(options={"projectId": config.project()})
