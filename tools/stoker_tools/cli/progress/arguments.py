"""The arguments of `stoker progress`. Standard library only, so that --help answers at once."""

import argparse
from collections.abc import Sequence

from stoker_tools.cli import project_command
from stoker_tools.cli.command_line import CommandLine

EXAMPLES = {
    "rebuild UID": "one user",
    "rebuild --all --dry-run": "show what would change for every user",
    "rebuild --all --emulator": "on the suite that scripts/emulators runs",
    "rebuild UID --project my-project --json": "",
}

REBUILD = """\
Computes progress again from all completions. The XP of a completion do not change, and no achievement is removed. If
the completion of a task was missed, the task gives its XP now.
"""


def main(arguments: Sequence[str]) -> int:
    """Run a command line; return the exit code."""
    return project_command.run("stoker_tools.cli.progress", parser(), arguments)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command and its subcommand."""
    line = CommandLine("progress", "Computes users' progress again.", EXAMPLES, on_project=True)
    rebuild = line.subcommand(
        "rebuild",
        "compute progress again from all completions",
        description=REBUILD,
        examples={"UID": "", "--all --dry-run": "", "UID --project my-project --json": ""},
    )
    users = rebuild.add_mutually_exclusive_group(required=True)
    users.add_argument("user", metavar="UID", nargs="?", help="the user")
    users.add_argument("--all", action="store_true", help="every user who has a profile")
    rebuild.add_argument("--dry-run", action="store_true", help="write nothing, and show what would change")
    return line.parser
