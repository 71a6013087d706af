"""The arguments of `stoker keys`. Standard library only, so that --help answers at once."""

import argparse
from collections.abc import Sequence

from stoker_tools.cli import project_command
from stoker_tools.cli.command_line import CommandLine

EXAMPLES = {
    "list": "",
    "rotate": "make a new key; what older keys have signed stays valid",
    "revoke 4c1f09aa": "what this key has signed is refused",
    "revoke --all-old": "after a rotation, because a key may have leaked",
    "list --emulator": "on the suite that scripts/emulators runs",
    "list --project my-project --json": "",
}

REVOKE = """\
Removes keys. Everything that they have signed, such as page tokens, is refused after at most 5 minutes. The current key
can't be revoked: rotate first. A revoked key can't be restored.
"""


def main(arguments: Sequence[str]) -> int:
    """Run a command line; return the exit code."""
    return project_command.run("stoker_tools.cli.keys", parser(), arguments)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command and its subcommands."""
    line = CommandLine(
        "keys", "Lists, rotates and revokes the keys with which the server signs.", EXAMPLES, on_project=True
    )
    line.subcommand(
        "list",
        "list the keys, without their secrets",
        examples={"": "", "--json --project my-project": ""},
    )
    line.subcommand(
        "rotate",
        "make a new current key",
        description="Makes a new key, which signs from now on. Functions that run sign with the old key for at most 5\n"
        "minutes more. What older keys have signed stays valid until it expires. A keyring has at most 5 keys: the\n"
        "oldest key beyond them is dropped, and what it has signed is refused.",
        examples={"": "", "--project my-project --json": ""},
    )
    revoke = line.subcommand(
        "revoke",
        "remove keys that may have leaked",
        description=REVOKE,
        examples={"4c1f09aa": "", "--all-old": "", "--all-old --yes --json": "without a question, such as in a script"},
    )
    keys = revoke.add_mutually_exclusive_group(required=True)
    keys.add_argument("key", metavar="KEY_ID", nargs="?", help="the id of the key, as `list` shows it")
    keys.add_argument("--all-old", action="store_true", help="all keys but the current one")
    revoke.add_argument("--yes", action="store_true", help="remove the keys without a question")
    return line.parser
