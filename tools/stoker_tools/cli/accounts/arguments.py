"""The arguments of `stoker accounts`. Standard library only, so that --help answers at once."""

import argparse
from collections.abc import Sequence

from stoker_tools.cli import project_command
from stoker_tools.cli.command_line import CommandLine, whole_number

EXAMPLES = {
    "show ada@example.com": "",
    "delete DFyWUiBhctMSjaeQCNrrAOmaLmRx": "",
    "delete UID --banned": "even if an admin has locked the account",
    "show UID --emulator --json": "on the suite that scripts/emulators runs",
    "orphans": "show owners whose account is gone",
    "delete-orphans --confirm 120": "delete the data of at most 120 such owners",
}


def main(arguments: Sequence[str]) -> int:
    """Run a command line; return the exit code."""
    return project_command.run("stoker_tools.cli.accounts", parser(), arguments)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command and its subcommands."""
    line = CommandLine(
        "accounts",
        "Shows the state of an account, and deletes an account with all of its data. Finds data whose owner has no\n"
        "account any more, and deletes it.",
        EXAMPLES,
        on_project=True,
    )
    show = line.subcommand(
        "show",
        "show the state of an account",
        description="Shows whether the account exists, whether an admin has locked it, which job deletes it, and the\n"
        "time at which that job starts if it waits.",
        examples={"ada@example.com": "", "UID --json": ""},
    )
    show.add_argument("user", metavar="UID|EMAIL")
    deleting = line.subcommand(
        "delete",
        "delete an account with all of its data",
        description="Writes the job that deletes all data of a user, and the account last. A deletion that has failed\n"
        "or was cancelled starts again. Follow the job with: scripts/jobs watch ID",
        examples={"ada@example.com": "", "UID --banned": "even if an admin has locked the account"},
    )
    deleting.add_argument("user", metavar="UID|EMAIL")
    deleting.add_argument("--banned", action="store_true", help="delete it even if an admin has locked the account")
    line.subcommand(
        "orphans",
        "show the owners whose account is gone",
        description="Shows every owner of documents or files who has no account. It leaves out owners\n"
        "whose data is younger than a day, owners whose deletion is running, and kept_owners of\n"
        "functions/stoker/config.py. The daily reconcile deletes the data of these owners, unless they\n"
        "are too many. The search costs a read for each owner in each collection.",
    )
    orphans = line.subcommand(
        "delete-orphans",
        "delete the data of owners whose account is gone",
        description="Writes a job for each owner that `scripts/accounts orphans` shows. First make sure that these\n"
        "accounts were deleted for good. Accounts may also be missing in a copy of the project, or while\n"
        "a restore is running. The deleted data can't be restored.",
        examples={"--confirm 120": ""},
    )
    orphans.add_argument(
        "--confirm",
        metavar="NUMBER",
        type=whole_number(1_000_000_000),
        required=True,
        help="the number of owners that `orphans` has shown; if there are more now, nothing is deleted",
    )
    return line.parser
