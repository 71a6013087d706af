"""The command `stoker update`."""

from collections.abc import Sequence

from stoker_tools.cli.command_line import CommandLine, Parser
from stoker_tools.cli.install import options as common

EXAMPLES = {
    "": "after a new version of stoker_tools, or a change of stoker.toml",
    "--dry-run": "show the changes only",
    "--overwrite firestore.rules": "give up your edits of Stoker's rules in this file",
}

DESCRIPTION = "Renews what `stoker install` has put into an app. All else stays as it is."


def main(arguments: Sequence[str]) -> int:
    """Run a command line; return the exit code."""
    return common.run(parser(), arguments, common.installed_app, "update")


def parser() -> Parser:
    """Return the parser of the command."""
    line = CommandLine("update", DESCRIPTION, EXAMPLES, notes=common.NOTES)
    common.add_app(line.parser)
    common.add(line.parser)
    return line.parser
