"""The subcommands of `stoker accounts`. Each prints its result, and returns its exit code."""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NoReturn

from google.api_core.exceptions import NotFound

from stoker.access import account, departure
from stoker.accounts.account_deletion import delete_account, delete_banned_account
from stoker.accounts.owners_round import OwnersRound
from stoker.accounts.reconcile_owners import delete_orphans
from stoker.errors import NotAllowed
from stoker.storage.client import bucket
from stoker_tools import exit_codes
from stoker_tools.cli.text import as_json, clean
from stoker_tools.cli.user_names import uid_of
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.setup.app_root import command

OWNERS = 1000
"""The owners between two lines of progress."""


def check(options: argparse.Namespace, refuse: Callable[[str], NoReturn]) -> None:
    """Accept every command line, because only the project shows whether a user exists.

    Args:
        options: The command line.
        refuse: Ends the program with a sentence.
    """


def run(options: argparse.Namespace) -> int:
    """Carry out a command line; return the exit code.

    Args:
        options: The command line.
    """
    match options.command:
        case "orphans":
            return _show_orphans(options)
        case "delete-orphans":
            return _delete_orphans(options)
        case "delete":
            return _delete(options, uid_of(options.user))
        case _:
            return _show(options, uid_of(options.user))


def _delete(options: argparse.Namespace, user_id: str) -> int:
    found = account.find(user_id)
    if found is None:
        raise CommandError(
            f"There is no account {clean(user_id, 100)!r}. A deletion removes the account last.", ExitCode.NOTHING_THERE
        )
    try:
        job_id = delete_banned_account(user_id) if options.banned else delete_account(user_id)
    except NotAllowed:
        message = "An admin has locked this account. Its data may be evidence: add --banned to delete it."
        raise CommandError(message) from None
    if options.json:
        print(as_json({"id": user_id, "jobId": job_id}))
    else:
        print(f"The job {job_id} deletes {clean(user_id)}. Follow it with: {command(f'jobs watch {job_id}')}")
    return ExitCode.DONE


def _show(options: argparse.Namespace, user_id: str) -> int:
    state = _state(user_id)
    if options.json:
        print(as_json(state))
    else:
        for name, value in state.items():
            print(f"{name:10} {'none' if value is None else clean(str(value))}")
    return ExitCode.DONE


def _state(user_id: str) -> dict[str, Any]:
    found, record = account.find(user_id), departure.find(user_id)
    if found is None:
        if record is None:
            raise CommandError(
                f"There is no account {clean(user_id, 100)!r}, and no record that it was deleted.",
                ExitCode.NOTHING_THERE,
            )
        gone: dict[str, Any] = {"id": user_id, "account": "gone"}
        if record.gone_at is None or record.late_job_id is None:
            return {**gone, "jobId": record.job_id}
        # This job removes what was written with a token that was still valid.
        return {**gone, "jobId": record.late_job_id, "jobDueAt": record.gone_at + departure.TOKENS_LAST}
    if record is not None:
        return {"id": user_id, "account": "being-deleted", "jobId": record.job_id}
    return {"id": user_id, "account": "locked" if found.disabled else "active", "jobId": None}


def _show_orphans(options: argparse.Namespace) -> int:
    search = _searched(options)
    orphans = sorted(search.found)
    if options.json:
        print(as_json({"orphans": orphans, "owners": search.owners, "suspicious": search.is_suspicious()}))
        return ExitCode.DONE
    for user_id in orphans:
        print(clean(user_id))
    if not orphans:
        print("Every owner has an account.")
    elif search.is_suspicious():
        print(
            f"{len(orphans)} owners have no account. They are too many for the daily reconcile. If they are gone for "
            f"good, run: {command(f'accounts delete-orphans --confirm {len(orphans)}')}"
        )
    else:
        print(f"{len(orphans)} owners have no account. The next daily reconcile deletes their data.")
    return ExitCode.DONE


def _delete_orphans(options: argparse.Namespace) -> int:
    search = _searched(options)
    if search.orphans > options.confirm:
        raise CommandError(
            f"{search.orphans} owners have no account, and you have confirmed {options.confirm}. Nothing was deleted. "
            "Show them again with: scripts/accounts orphans"
        )
    done = delete_orphans(sorted(search.found), datetime.now(UTC))
    if options.json:
        print(as_json({"jobIds": done.jobs, "failed": done.failed}))
    else:
        print(f"{len(done.jobs)} jobs delete the data of owners without an account.")
    for user_id in done.failed:
        print(f"The deletion of {clean(user_id)} could not be started. Run the command again.", file=sys.stderr)
    return exit_codes.of_parts(len(done.jobs), len(done.failed))


def _searched(options: argparse.Namespace) -> OwnersRound:
    """Search all owners, and print their number now and then if a person waits."""
    try:
        list(bucket().list_blobs(max_results=1))
    except NotFound:
        raise CommandError(
            f"There is no bucket {bucket().name}. Name the project's own: "
            """FIREBASE_CONFIG='{"storageBucket": "NAME"}' scripts/accounts orphans""",
            ExitCode.NOTHING_THERE,
        ) from None
    search, now, shown = OwnersRound.begun(), datetime.now(UTC), 0
    while not search.is_over:
        search.read_pages(now)
        if search.owners - shown >= OWNERS and sys.stderr.isatty():
            shown = search.owners
            print(f"{shown:,} owners ...", file=sys.stderr)
    return search
