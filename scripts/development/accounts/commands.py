"""The subcommands: each prints what it found or did, and returns its exit code."""

import argparse
from collections.abc import Callable
from typing import Any, NoReturn

from firebase_admin import auth
from firebase_functions import logger

from development.connection import CommandError
from development.text import as_json, clean
from stoker.access import account, departure
from stoker.errors import NotAllowed
from stoker.firebase import app
from stoker.users.deletion import delete_account, delete_banned_account


def check(options: argparse.Namespace, refuse: Callable[[str], NoReturn]) -> None:
    """Let every command line pass: whether there is such a user shows in the project alone.

    Args:
        options: What the command line says.
        refuse: Ends the program with a sentence.
    """


def run(options: argparse.Namespace) -> int:
    """Carries a command line out.

    Args:
        options: What it says.
    """
    # The log lines are for Cloud Logging.
    setattr(logger, "write", lambda entry: None)  # noqa: B010 - a function, which mypy lets nobody assign to
    user_id = _uid(options.user)
    return _delete(options, user_id) if options.command == "delete" else _show(options, user_id)


def _delete(options: argparse.Namespace, user_id: str) -> int:
    found = account.find(user_id)
    if found is None:
        raise CommandError(f"There is no account {clean(user_id, 100)!r}. A deletion removes the account last.")
    try:
        job_id = delete_banned_account(user_id) if options.banned else delete_account(user_id)
    except NotAllowed:
        message = "An admin has locked this account. Its data may be evidence: add --banned to delete it."
        raise CommandError(message) from None
    if options.json:
        print(as_json({"id": user_id, "jobId": job_id}))
    else:
        print(f"The job {job_id} deletes {clean(user_id)}. Follow it with: scripts/jobs watch {job_id}")
    return 0


def _show(options: argparse.Namespace, user_id: str) -> int:
    state = _state(user_id)
    if options.json:
        print(as_json(state))
    else:
        for name, value in state.items():
            print(f"{name:10} {clean(str(value))}")
    return 0


def _state(user_id: str) -> dict[str, Any]:
    found, record = account.find(user_id), departure.find(user_id)
    if found is None:
        return {"id": user_id, "account": "gone", "jobId": (record.late_job_id or record.job_id) if record else None}
    if record is not None:
        return {"id": user_id, "account": "being-deleted", "jobId": record.job_id}
    return {"id": user_id, "account": "locked" if found.disabled else "active", "jobId": None}


def _uid(user: str) -> str:
    try:
        return str(auth.get_user_by_email(user, app=app()).uid) if "@" in user else user
    except (auth.UserNotFoundError, ValueError):
        raise CommandError(f"There is no user {clean(user, 100)!r}. Name one by uid or e-mail address.") from None
