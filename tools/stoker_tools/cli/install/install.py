"""The command `stoker install`."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from stoker_tools.cli.command_line import CommandLine, Parser
from stoker_tools.cli.install import options as common
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode

EXAMPLES = {
    ".": "into the app in this folder, or into an empty folder",
    "my-app --dry-run": "show the changes only",
    "my-app --yes": "without a question, such as in a script",
    "my-app --from-extensions": "with a job type that does the work of the extension Resize Images",
}

DESCRIPTION = """\
Installs Stoker into an app, or into an empty folder. It adds functions beside those of the app, and rules and indexes
to the files that the app has. All else in these files stays as it is. A second run changes nothing.
"""


def main(arguments: Sequence[str]) -> int:
    """Run a command line; return the exit code."""
    return common.run(parser(), arguments, _root, "install")


def parser() -> Parser:
    """Return the parser of the command."""
    line = CommandLine("install", DESCRIPTION, EXAMPLES, notes=common.NOTES)
    line.parser.add_argument("app", type=Path, metavar="INTO_DIR", help="the folder of the app")
    line.parser.add_argument(
        "--from-extensions",
        nargs="?",
        const="",
        metavar="NAME",
        help="add the job type `image-processing`, with the settings of the app's extension Resize Images",
    )
    common.add(line.parser)
    return line.parser


def _root(options: argparse.Namespace) -> Path:
    if not options.app.is_dir():
        raise CommandError(f"There is no folder {options.app}. Make it: mkdir {options.app}", ExitCode.NOTHING_THERE)
    return Path(options.app)
