"""The arguments of `stoker roles`. Standard library only, so that --help answers at once."""

import argparse
from collections.abc import Sequence

from stoker_tools.cli import project_command
from stoker_tools.cli.command_line import CommandLine

EXAMPLES = {
    "list": "",
    "set ada@example.com admin": "make the first admin, who can then call setRole",
    "set ada@example.com user": "take a role away",
    "list --emulator": "on the suite that scripts/emulators runs",
    "set UID moderator --project my-project --json": "",
}


def main(arguments: Sequence[str]) -> int:
    """Run a command line; return the exit code."""
    return project_command.run("stoker_tools.cli.roles", parser(), arguments)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command and its subcommands."""
    line = CommandLine("roles", "Lists the users who have a role, and gives roles to users.", EXAMPLES, on_project=True)
    line.subcommand(
        "list",
        "list the accounts with a role or permissions",
        description="Lists the accounts that are not plain users, and the accounts whose profile does not agree with\n"
        "their claims. It reads every account of the project, a thousand at a time.",
        examples={"": "", "--json --project my-project": ""},
    )
    setting = line.subcommand(
        "set",
        "give a user a role",
        description="Gives a user a role: in the claims of the account's tokens and in the profile. Tokens that were\n"
        "issued before keep the old role for an hour at most.",
        examples={
            "ada@example.com admin": "",
            "DFyWUiBhctMSjaeQCNrrAOmaLmRx moderator --permission read:all-tasks --permission read:all-jobs": "",
            "ada@example.com user --no-permissions": "",
        },
    )
    setting.add_argument("user", metavar="UID|EMAIL")
    setting.add_argument("role", metavar="ROLE", help="user, moderator or admin")
    permissions = setting.add_mutually_exclusive_group()
    permissions.add_argument(
        "--permission",
        metavar="NAME",
        dest="permissions",
        action="append",
        help="a permission such as read:own-data; repeat it for more; without it, the permissions stay as they are",
    )
    permissions.add_argument(
        "--no-permissions", dest="permissions", action="store_const", const=[], help="take all permissions away"
    )
    return line.parser
