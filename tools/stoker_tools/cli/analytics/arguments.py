"""The arguments of `stoker analytics`. Standard library only, so that --help answers at once."""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from stoker_tools.cli import project_command
from stoker_tools.cli.command_line import CommandLine, whole_number

EXAMPLES = {
    "report video.played": "the last 14 days",
    "report all --by hour": "the last 48 hours",
    "report video.played --from 2026-11-01 --to 2026-12-01 --png november.png": "",
    "report --top --in 2026-11": "the most frequent events of a month",
    "report --users --json": "the number of active users",
    "rebuild --from 2026-11-22": "",
    "report all --emulator": "on the suite that scripts/emulators runs",
}


def main(arguments: Sequence[str]) -> int:
    """Run a command line; return the exit code."""
    return project_command.run("stoker_tools.cli.analytics", parser(), arguments)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command and its subcommands."""
    line = CommandLine(
        "analytics",
        "Shows the figures of events, and counts them again from the raw events. All times are in UTC.",
        EXAMPLES,
        on_project=True,
    )
    report = line.subcommand(
        "report",
        "show the events, users and values of a period",
        examples={"video.played": "", "all --by month --html year.html": "", "--top": ""},
    )
    subject = report.add_mutually_exclusive_group(required=True)
    subject.add_argument(
        "name", metavar="NAME", nargs="?", help="the name of the events, such as video.played; all: every name"
    )
    subject.add_argument("--top", action="store_true", help="the most frequent names")
    subject.add_argument("--users", action="store_true", help="the number of users who were active around a day")
    report.add_argument("--by", choices=("hour", "day", "month"), default="day", help="the length of a step (day)")
    report.add_argument("--from", dest="start", metavar="TIME", type=moment, help="such as 2026-11-22 or 2026-11-22T07")
    report.add_argument("--to", dest="end", metavar="TIME", type=moment, help="the end, not included (now)")
    report.add_argument("--in", dest="bucket", metavar="BUCKET", help="with --top: an hour, a day or a month (today)")
    report.add_argument("--on", metavar="DAY", type=moment, help="with --users: the day (today)")
    report.add_argument(
        "-n", metavar="N", type=whole_number(1000), default=10, help="with --top: the number of names (10)"
    )
    report.add_argument("--png", metavar="FILE", type=Path, help="save a chart as a picture")
    report.add_argument("--html", metavar="FILE", type=Path, help="save a chart as a page that works offline")

    again = line.subcommand(
        "rebuild",
        "count aggregates again from the raw events",
        examples={"": "", "--from 2026-11-01": "", "--json": ""},
    )
    again.add_argument("--from", dest="start", metavar="DAY", type=moment, help="by default, the earliest possible day")
    again.add_argument("--to", dest="end", metavar="DAY", type=moment, help="the end, not included; by default, now")
    return line.parser


def moment(text: str) -> datetime:
    """Read a time in UTC: a month, a day, an hour or a minute."""
    for form in ("%Y-%m", "%Y-%m-%d", "%Y-%m-%dT%H", "%Y-%m-%dT%H:%M"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise argparse.ArgumentTypeError(f"{text!r} is not a time: write 2026-11, 2026-11-22 or 2026-11-22T07, in UTC")
