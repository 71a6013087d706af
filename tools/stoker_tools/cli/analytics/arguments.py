"""What the command line may say. Standard library only, so that --help is there at once."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

EXAMPLES = """\
examples:
  scripts/analytics report video.played               the last 14 days
  scripts/analytics report all --by hour              the last 48 hours
  scripts/analytics report video.played --from 2026-11-01 --to 2026-12-01 --png november.png
  scripts/analytics report --top --in 2026-11
  scripts/analytics report --users --json
  scripts/analytics rebuild --from 2026-11-22
  scripts/emulators -- scripts/analytics report all   inside of an emulator suite

Without --emulator, and outside of a suite, the project is the default one of .firebaserc, and the credentials are
yours: gcloud auth application-default login.

Exit codes: 0 done, 1 it can't be done, 2 the command line is wrong.
"""


def parser() -> argparse.ArgumentParser:
    """The command and its subcommands."""
    whole = argparse.ArgumentParser(
        prog="scripts/analytics",
        description="Reports what events add up to, and counts it again from the raw events.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, summary: str, *examples: str) -> argparse.ArgumentParser:
        one = commands.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            epilog="\n  ".join(
                ["examples:", *(f"scripts/analytics {name} {example}".rstrip() for example in examples)]
            ),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        one.add_argument("--json", action="store_true", help="print the result as JSON")
        one.add_argument("--emulator", action="store_true", help="the suite that scripts/emulators runs")
        one.add_argument("--project", metavar="ID", help="a Firebase project, or an alias in .firebaserc")
        return one

    report = command("report", "draw how events went", "video.played", "all --by month --html year.html", "--top")
    what = report.add_mutually_exclusive_group(required=True)
    what.add_argument("name", metavar="NAME", nargs="?", help="of events, such as video.played; all: of every name")
    what.add_argument("--top", action="store_true", help="what happened most")
    what.add_argument("--users", action="store_true", help="how many were active on a day and around it")
    report.add_argument("--by", choices=("hour", "day", "month"), default="day", help="each figure's length (day)")
    report.add_argument("--from", dest="start", metavar="TIME", type=moment, help="such as 2026-11-22 or 2026-11-22T07")
    report.add_argument("--to", dest="end", metavar="TIME", type=moment, help="not included; now at the latest")
    report.add_argument("--in", dest="bucket", metavar="BUCKET", help="of --top: an hour, a day or a month (today)")
    report.add_argument("--on", metavar="DAY", type=moment, help="of --users: the day (today)")
    report.add_argument("-n", metavar="N", type=_count, default=10, help="of --top: how many names (10)")
    report.add_argument("--png", metavar="FILE", type=Path, help="draw it into a picture")
    report.add_argument("--html", metavar="FILE", type=Path, help="draw it into a page")

    again = command("rebuild", "count aggregates again from the raw events", "", "--from 2026-11-01", "--json")
    again.add_argument("--from", dest="start", metavar="DAY", type=moment, help="by default as early as can be")
    again.add_argument("--to", dest="end", metavar="DAY", type=moment, help="not included; by default all up to now")
    return whole


def moment(text: str) -> datetime:
    """A time in UTC: a month, a day, an hour or a minute."""
    for form in ("%Y-%m", "%Y-%m-%d", "%Y-%m-%dT%H", "%Y-%m-%dT%H:%M"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise argparse.ArgumentTypeError(f"{text!r} is no time: write 2026-11, 2026-11-22 or 2026-11-22T07, in UTC")


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 1000")
    return int(text)
