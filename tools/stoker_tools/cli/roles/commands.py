"""The subcommands of `stoker roles`. Each prints its result, and returns its exit code."""

import argparse
import itertools
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn

from firebase_admin import auth
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table
from rich.text import Text

from stoker import config
from stoker.access.account import find as find_account
from stoker.accounts.roles import role_assignment, set_role
from stoker.firebase import app
from stoker.firestore.client import client
from stoker.models.document import is_user_id
from stoker.models.problems import problems
from stoker.models.user import RoleChange
from stoker_tools.cli.text import as_json, clean
from stoker_tools.cli.user_names import no_user, uid_of
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.setup.app_root import command

PAGE = 100
"""The profiles that are read in one request."""

ACCOUNTS = 1000
"""The accounts between two lines of progress. Firebase Auth lists as many in one request."""


def check(options: argparse.Namespace, refuse: Callable[[str], NoReturn]) -> None:
    """Refuse a role or a permission that does not exist.

    Args:
        options: The command line.
        refuse: Ends the program with a sentence.
    """
    if options.command == "set":
        given = _change(options)
        try:
            RoleChange.from_firestore(given)
        except ValidationError as error:
            refuse(clean("; ".join(problems(error, given))))


def run(options: argparse.Namespace) -> int:
    """Carry out a command line; return the exit code.

    Args:
        options: The command line.
    """
    return _set(options) if options.command == "set" else _list(options)


def _change(options: argparse.Namespace) -> dict[str, Any]:
    given = {"userId": "checked-later", "role": options.role}
    return given if options.permissions is None else {**given, "permissions": options.permissions}


def _set(options: argparse.Namespace) -> int:
    change = RoleChange.from_firestore(_change(options))
    new = set_role(_uid(options.user), change.role, change.permissions, by="scripts/roles")
    if options.json:
        print(as_json({"id": new.user_id, "role": new.role, "permissions": list(new.permissions)}))
    else:
        more = f", with {', '.join(new.permissions)}" if new.permissions else ""
        print(f"{clean(options.user)} is {_with_article(new.role)} now{more}. Tokens have the change within an hour.")
    return ExitCode.DONE


def _uid(user: str) -> str:
    user_id = uid_of(user)
    if find_account(user_id) is None:
        raise no_user(user)
    if not is_user_id(user_id):
        raise CommandError(f"{clean(user)!r} can have no profile, because Firestore allows no document with this id.")
    return user_id


def _with_article(role: str) -> str:
    return {"user": "a user", "moderator": "a moderator", "admin": "an admin"}[role]


def _list(options: argparse.Namespace) -> int:
    found = sorted(_found(), key=lambda one: (ORDER.get(one["role"], 3), one["email"] or "", one["id"]))
    if options.json:
        print(as_json(found))
        return ExitCode.DONE
    if not found:
        print(f"Nobody has a role. This makes the first admin: {command('roles set UID|EMAIL admin')}")
        return ExitCode.DONE
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("id", "email", "role", "permissions", "profile says"):
        table.add_column(column, no_wrap=True)
    for one in found:
        differs = one["profile"] if one["profile"] != one["role"] else ""
        cells = (one["id"], one["email"] or "", one["role"], " ".join(one["permissions"]), differs or "")
        table.add_row(*(Text(clean(cell)) for cell in cells))
    Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else 400).print(table)
    return ExitCode.DONE


ORDER = {"admin": 0, "moderator": 1, "user": 2}
"""The order of the lines."""


def _found() -> Iterator[dict[str, Any]]:
    accounts = iter(_counted(auth.list_users(app=app()).iterate_all()))
    while page := list(itertools.islice(accounts, PAGE)):
        profiles = _profiles([account.uid for account in page])
        for account in page:
            claims = role_assignment(account)
            profile = profiles.get(account.uid)
            # An account without a profile has nothing that could disagree.
            if claims.role != "user" or claims.permissions or profile not in (None, "user"):
                yield {
                    "id": account.uid,
                    "email": account.email,
                    "role": claims.role,
                    "permissions": list(claims.permissions),
                    "profile": profile,
                }


def _counted(accounts: Iterator[Any]) -> Iterator[Any]:
    """Yield the accounts, and print their number now and then if a person waits."""
    for number, account in enumerate(accounts, 1):
        if number % ACCOUNTS == 0 and sys.stderr.isatty():
            print(f"{number:,} accounts ...", file=sys.stderr)
        yield account


def _profiles(ids: Sequence[str]) -> dict[str, str | None]:
    users = client().collection(config.USERS)
    references = [users.document(name) for name in ids if is_user_id(name)]
    found = client().get_all(references, field_paths=["role"])
    return {snapshot.id: (snapshot.to_dict() or {}).get("role") for snapshot in found if snapshot.exists}
