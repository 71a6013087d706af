"""The arguments of `stoker costs`. Standard library only, so that --help answers at once."""

import argparse
from collections.abc import Callable, Sequence

from stoker_tools.cli import project_command
from stoker_tools.cli.command_line import CommandLine, Parser

DESCRIPTION = """\
Estimates the bill of a month from your own figures, in US$. The command computes it from the operations that the tests
assert, from measured times, and from the list of prices in docs/costs.md. It asks no server.
"""

EXAMPLES = {
    "": "a month without users",
    "--films 1000 --minutes 5 --users 200": "",
    "--speech-characters 2000000 --voice standard --events 1000000": "",
    "--films 1000 --stored-months 12 --downloads 20 --database us-west1 --json": "",
}

NOTES = """\
The estimate is for a month of 30 days. It leaves out what Stoker can't know: your app's own reads and writes, taxes,
logs, and the storage of the functions' images.
"""

MOST = 1_000_000_000_000
"""The greatest number that an option takes."""


def main(arguments: Sequence[str]) -> int:
    """Run a command line; return the exit code."""
    options = parser().parse_args(arguments)

    def estimate() -> int:
        from stoker_tools.cli.costs import commands

        return commands.run(options)

    return project_command.run_with_functions(options, estimate)


def parser() -> Parser:
    """Return the parser of the command."""
    line = CommandLine("costs", DESCRIPTION, EXAMPLES, notes=NOTES).parser
    films = line.add_argument_group("films")
    films.add_argument(
        "--films", type=count(), default=0, metavar="N", help="films to an MP4 of 720 lines and a poster"
    )
    films.add_argument("--minutes", type=length, default=5.0, metavar="M", help="the minutes of each film (5)")
    films.add_argument(
        "--listeners", type=count(), default=1, metavar="N", help="apps that show the progress of each film (1)"
    )
    films.add_argument(
        "--stored-months", type=length, default=0.0, metavar="M", help="the months for which the films are kept (0)"
    )
    films.add_argument("--downloads", type=count(), default=0, metavar="N", help="downloads of each film (0)")
    speech = line.add_argument_group("speech")
    speech.add_argument(
        "--speech-characters", type=count(), default=0, metavar="N", help="characters that become speech"
    )
    speech.add_argument(
        "--voice", choices=("neural2", "standard", "chirp-hd", "espeak"), default="neural2", help="(neural2)"
    )
    others = line.add_argument_group("other work")
    others.add_argument("--batches", type=count(), default=0, metavar="N", help="batches that change 1,000 tasks each")
    others.add_argument("--exports", type=count(), default=0, metavar="N", help="exports of 1,000 documents each")
    others.add_argument("--completions", type=count(), default=0, metavar="N", help="tasks that users complete")
    others.add_argument("--users", type=count(), default=0, metavar="N", help="users who sign up")
    others.add_argument("--events", type=count(), default=0, metavar="N", help="events that your app records")
    others.add_argument(
        "--event-names", type=count(1), default=10, metavar="N", help="the different names of these events (10)"
    )
    where = line.add_argument_group("where")
    where.add_argument("--region", default="us-central1", help="the region of the functions (us-central1)")
    where.add_argument("--database", default="nam5", metavar="LOCATION", help="the location of Firestore (nam5)")
    line.add_argument("--json", action="store_true", help="print the result as JSON")
    return line


def count(least: int = 0) -> Callable[[str], int]:
    """Return a function that reads a whole number of at least a number, for the `type` of an argument."""

    def read(text: str) -> int:
        digits = text.replace("_", "").replace(",", "")
        if not digits.isascii() or not digits.isdigit() or not least <= int(digits[:14]) <= MOST:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} to {MOST:,}")
        return int(digits)

    return read


def length(text: str) -> float:
    """Return a number of minutes or months, which may have decimals.

    Example:
        >>> length("2.5")
        2.5
        >>> length("nan")
        Traceback (most recent call last):
        argparse.ArgumentTypeError: 'nan' is not a number from 0 to 10,000
    """
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 <= number <= 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 10,000")
    return number
