"""The subcommands of `stoker keys`. Each prints its result, and returns its exit code. None prints a secret."""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NoReturn

from rich.console import Console
from rich.table import Table

from stoker.models.server_keys import MOST_KEYS
from stoker.signing.keyring import Keyring, UnknownKey
from stoker.signing.keyring_store import keyring_store
from stoker_tools.cli.agreement import agreed
from stoker_tools.cli.text import as_json, clean
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.setup.app_root import command


def check(options: argparse.Namespace, refuse: Callable[[str], NoReturn]) -> None:
    """Refuse a revocation as JSON that would ask a question.

    Args:
        options: The command line.
        refuse: Ends the program with a sentence.
    """
    if options.command == "revoke" and options.json and not options.yes:
        refuse("--json needs --yes")


def run(options: argparse.Namespace) -> int:
    """Carry out a command line; return the exit code.

    Args:
        options: The command line.
    """
    match options.command:
        case "rotate":
            return _rotate(options)
        case "revoke":
            return _revoke(options)
        case _:
            return _list(options)


def _list(options: argparse.Namespace) -> int:
    ring = keyring_store().find()
    if options.json:
        print(as_json(_facts(ring)))
    elif ring is None:
        print(f"There is no keyring yet. Its first use makes it, or: {command('keys rotate')}")
    else:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in ("id", "created (UTC)", "age", ""):
            table.add_column(column, no_wrap=True)
        now = datetime.now(UTC)
        for key in reversed(list(ring)):
            created = f"{key.created_at:%Y-%m-%d %H:%M:%S}"
            days = (now - key.created_at).days
            table.add_row(key.id, created, _counted(days, "day"), "current" if key.id == ring.current else "")
        Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else 400).print(table)
    return ExitCode.DONE


def _rotate(options: argparse.Namespace) -> int:
    change = keyring_store().rotate()
    if options.json:
        print(as_json({**_facts(change.ring), "dropped": change.removed}))
        return ExitCode.DONE
    print(f"The new key {change.ring.current} signs from now on. Functions that run follow within 5 minutes.")
    for key_id in change.removed:
        print(f"The oldest key {key_id} was dropped, because a keyring has at most {MOST_KEYS} keys.")
        print(f"What {key_id} has signed is refused after at most 5 minutes.")
    if old := len(list(change.ring)) - 1:
        print(f"What {_counted(old, 'older key')} signed stays valid until it expires.")
    return ExitCode.DONE


def _revoke(options: argparse.Namespace) -> int:
    ring = keyring_store().find()
    there = [] if ring is None else [key.id for key in ring if key.id != ring.current]
    if ring is not None and options.key == ring.current:
        raise CommandError(
            f"{ring.current} is the current key, so nothing was revoked. Make a new key first: {command('keys rotate')}"
        )
    if not options.all_old and options.key not in there:
        raise _missing(options.key)
    ids = there if options.all_old else [options.key]
    if ids and not options.yes:
        print(f"Everything that {' and '.join(ids)} signed will be refused after at most 5 minutes.")
        if not agreed(f"Revoke {_counted(len(ids), 'key')}?", "Nothing was revoked: without a terminal, say --yes."):
            print("Nothing was revoked.")
            return ExitCode.DONE
    try:
        removed = keyring_store().revoke(ids).removed if ids else ()
    except UnknownKey:
        raise _missing(", ".join(ids)) from None
    if options.json:
        print(as_json({**_facts(keyring_store().find()), "revoked": removed}))
    elif not removed:
        print("There are no old keys.")
    else:
        print(
            f"{_counted(len(removed), 'key')} revoked: {', '.join(removed)}. "
            "Functions that run follow within 5 minutes."
        )
    return ExitCode.DONE


def _missing(key_id: str) -> CommandError:
    return CommandError(
        f"There is no key {clean(key_id, 100)!r}, so nothing was revoked. The keys: {command('keys list')}",
        ExitCode.NOTHING_THERE,
    )


def _facts(ring: Keyring | None) -> dict[str, Any]:
    """Return the facts about a ring that may be shown."""
    keys = [{"id": key.id, "createdAt": key.created_at} for key in reversed(list(ring or ()))]
    return {"current": None if ring is None else ring.current, "keys": keys}


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
