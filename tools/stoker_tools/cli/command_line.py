"""The shape that all command lines share: help, examples, common options and exit codes.

Standard library only, because `--help` must answer before anything is installed, and at once. argparse does all that is
needed; typer or click would have to be imported from a virtual environment, and would replace only this module.
"""

import argparse
import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from stoker_tools import exit_codes
from stoker_tools.setup import app_root

PREFIX = app_root.command("")
"""The words before the names of commands, as `scripts/`. With it, examples can be pasted into a shell."""

CREDENTIALS = """\
Inside a suite, the command works on that suite. With --emulator, it works on the suite that this checkout runs.
Otherwise it works on the project that --project names, or on the default project of .firebaserc. It then uses the
credentials of the Google Cloud SDK or of a service account, or else the login of the Firebase CLI.
"""

OF_PRODUCTION = """\
The command works on the project that --project names, or on the default project of .firebaserc. It uses the
credentials of the Google Cloud SDK or of a service account, or else the login of the Firebase CLI.
"""

Examples = Mapping[str, str]
"""The arguments of each example, with a comment, which may be empty."""


class Parser(argparse.ArgumentParser):
    """A parser that keeps line breaks in its texts, and names the word that was probably meant."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **options)
        self.names: Sequence[str] = ()

    def format_help(self) -> str:
        """Return the help, with commands as they are typed here."""
        return app_root.as_typed(super().format_help())

    def error(self, message: str) -> NoReturn:
        """End the program with exit code 2, the usage and a message."""
        wrong = re.search(r"(?:invalid choice:|there is no command) '([^']*)'", message)
        near = difflib.get_close_matches(wrong[1], self.names, 2) if wrong else []
        super().error(f"{message}. Did you mean {' or '.join(near)}?" if near else message)


class CommandLine:
    """The command line of a command.

    Args:
        command: The command's name.
        description: A sentence or more.
        examples: For its help.
        notes: A paragraph that follows the examples.
        on_project: Whether the command works on a project's data. It then takes `--json`, `--emulator` and `--project`,
            before or after its subcommand.
        in_suite: Whether the command works on the data of a suite too. Otherwise it does not take `--emulator`.

    Example:
        >>> line = CommandLine("jobs", "Lists jobs.", {"list": ""}, on_project=True)
        >>> listing = line.subcommand("list", "list jobs")
        >>> line.parser.parse_args(["--emulator", "list", "--json"])
        Namespace(json=True, emulator=True, project=None, command='list')
    """

    def __init__(
        self,
        command: str,
        description: str,
        examples: Examples,
        *,
        notes: str = "",
        on_project: bool = False,
        in_suite: bool = True,
    ) -> None:
        self._name = PREFIX + command
        self._on_project = on_project
        self._in_suite = in_suite
        credentials = CREDENTIALS if in_suite else OF_PRODUCTION
        self.parser = Parser(
            prog=self._name,
            description=description,
            epilog=self._epilog(self._name, examples, notes, credentials if on_project else ""),
        )
        if on_project:
            _add_project_options(self.parser, in_suite)
        self._subcommands: Any = None

    def subcommand(self, name: str, summary: str, *, description: str = "", examples: Examples | None = None) -> Parser:
        """Add a subcommand.

        Args:
            name: Its name.
            summary: A line for the list of subcommands, which begins with a small letter.
            description: For its own help; by default, the summary.
            examples: For its own help.

        Returns:
            The subcommand's parser, which takes the common options already.
        """
        if self._subcommands is None:
            self._subcommands = self.parser.add_subparsers(
                dest="command", metavar="COMMAND", required=True, parser_class=Parser
            )
        added: Parser = self._subcommands.add_parser(
            name,
            help=summary,
            description=description or f"{summary[0].upper()}{summary[1:]}.",
            epilog=self._epilog(f"{self._name} {name}", examples or {"": ""}),
        )
        self.parser.names = tuple(self._subcommands.choices)
        if self._on_project:
            # If an option is not given here, it keeps the value that was given before the subcommand.
            _add_project_options(added, self._in_suite, default=argparse.SUPPRESS)
        return added

    @staticmethod
    def _epilog(prog: str, examples: Examples, *notes: str) -> str:
        width = max(len(arguments) for arguments in examples)
        lines = [f"  {prog} {arguments:{width}}  {comment}".rstrip() for arguments, comment in examples.items()]
        parts = ("\n".join(["examples:", *lines]), *(note.rstrip() for note in notes), exit_codes.table())
        return "\n\n".join(filter(None, parts))


def whole_number(most: int) -> Callable[[str], int]:
    """Return a function that reads a number from 1 to a greatest number, for the `type` of an argument."""

    def read(text: str) -> int:
        digits = text.lstrip("0")
        # A longer number is not read, because Python refuses to read thousands of digits.
        is_short = text.isascii() and text.isdigit() and len(digits) <= len(str(most))
        if not is_short or not 1 <= int(digits or "0") <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {most:,}")
        return int(digits)

    return read


def _add_project_options(parser: argparse.ArgumentParser, in_suite: bool, **default: Any) -> None:
    group = parser.add_argument_group("common options")
    group.add_argument("--json", action="store_true", help="print the result as JSON", **default)
    if in_suite:
        suite = "work on the suite that this checkout runs"
        group.add_argument("--emulator", action="store_true", help=suite, **default)
    else:
        parser.set_defaults(emulator=False)
    group.add_argument("--project", metavar="ID", help="a Firebase project, or an alias in .firebaserc", **default)
