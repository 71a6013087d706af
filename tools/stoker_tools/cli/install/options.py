"""The options that install, update and uninstall share. Standard library only, so that --help answers at once."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from stoker_tools.cli.command_line import Parser
from stoker_tools.errors import CommandError, ToolError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.install.installed import FILE
from stoker_tools.setup import app_root, environment

NOTES = """\
All files are changed, or none. If the command is killed, the next one finishes or undoes its change. A part of Stoker
that you have edited is never overwritten unasked: the command shows your edits, and ends with exit code 3.
"""


def add(parser: Parser) -> None:
    """Add the common options.

    Args:
        parser: The parser of a command.
    """
    parser.add_argument("--yes", action="store_true", help="change the files without a question")
    parser.add_argument("--dry-run", action="store_true", help="show the changes, and change nothing")
    parser.add_argument("--json", action="store_true", help="print the result as JSON; needs --yes or --dry-run")
    parser.add_argument("--keep-edits", action="store_true", help="keep all of Stoker's parts that you have edited")
    parser.add_argument(
        "--overwrite",
        action="append",
        default=[],
        metavar="PATH",
        help="overwrite your edits of Stoker's part in this file",
    )


def add_app(parser: Parser) -> None:
    """Add the folder of an app in which Stoker is installed.

    Args:
        parser: The parser of a command.
    """
    parser.add_argument("app", nargs="?", type=Path, metavar="DIR", help="the app; by default, that of this folder")


def run(parser: Parser, arguments: Sequence[str], root_of: Callable[[argparse.Namespace], Path], name: str) -> int:
    """Run a command line; return the exit code.

    Args:
        parser: The parser of the command.
        arguments: The words of the command line.
        root_of: Returns the folder of the app.
        name: The command: `install`, `update` or `uninstall`.

    Raises:
        ToolError: The command can't be carried out. With `--json`, the message has been printed as JSON too.
    """
    options = parser.parse_args(arguments)
    if options.json and not (options.yes or options.dry_run):
        parser.error("--json needs --yes or --dry-run")
    try:
        root = root_of(options).resolve()
        if root == app_root.checkout():
            raise CommandError("This is Stoker's own checkout. Name the folder of your app.", ExitCode.USAGE)
        environment.enter([".venv"])
        if checkout := app_root.checkout():
            sys.path.append(str(checkout / "functions"))
        from stoker_tools.cli.install.commands import COMMANDS  # It needs the packages that `enter` has installed.

        return COMMANDS[name](root, options)
    except ToolError as error:
        if options.json:
            print(json.dumps({"error": app_root.as_typed(str(error))}))
        raise


def installed_app(options: argparse.Namespace) -> Path:
    """Return the app that is named, or that of the current folder.

    Args:
        options: The command line.

    Raises:
        CommandError: Stoker is not installed there.
    """
    start = options.app or Path.cwd()
    folders = [start] if options.app else [start, *start.parents]
    for folder in folders:
        if (folder / FILE).is_file() or (folder / FILE).parent.joinpath("journal").is_dir():
            return Path(folder)
    where = start if options.app else f"{start} or above"
    cure = f"Install it: `{app_root.command('install')} DIR`"
    raise CommandError(f"Stoker is not installed in {where}. {cure}.", ExitCode.NOTHING_THERE)
