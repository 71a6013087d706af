"""The command `stoker uninstall`."""

from collections.abc import Sequence

from stoker_tools.cli.command_line import CommandLine, Parser
from stoker_tools.cli.install import options as common

EXAMPLES = {
    "": "from the app in this folder",
    "my-app --dry-run": "show the changes only",
}

DESCRIPTION = """\
Takes out exactly what `stoker install` has put into an app. Files that you have changed since stay. Data in Firestore
and Cloud Storage stays, and functions that are deployed stay until you delete them.
"""


def main(arguments: Sequence[str]) -> int:
    """Run a command line; return the exit code."""
    return common.run(parser(), arguments, common.installed_app, "uninstall")


def parser() -> Parser:
    """Return the parser of the command."""
    line = CommandLine("uninstall", DESCRIPTION, EXAMPLES, notes=common.NOTES)
    common.add_app(line.parser)
    common.add(line.parser)
    return line.parser
