"""The arguments of `stoker jobs`. Standard library only, so that --help answers at once."""

import argparse
from collections.abc import Sequence

from stoker_tools.cli import project_command
from stoker_tools.cli.command_line import CommandLine, whole_number

EXAMPLES = {
    "list --status failed --limit 5": "",
    "list --emulator": "on the suite that scripts/emulators runs",
    "show jO4Nfx7HgAfqnLd1Mmd7": "",
    "watch": "all jobs that are running or due",
    "retry jO4Nfx7HgAfqnLd1Mmd7": "",
    "delete jO4Nfx7HgAfqnLd1Mmd7": "with its files",
    "pause video-processing": "stop starting jobs of this type",
    "limits --at-once 3": "for each user",
    "list --project my-project --json": "",
}

NO_LIMIT = 0
"""The value of `none`. A limit of 0 can't be set."""


def main(arguments: Sequence[str]) -> int:
    """Run a command line; return the exit code."""
    return project_command.run("stoker_tools.cli.jobs", parser(), arguments)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command and its subcommands."""
    line = CommandLine(
        "jobs",
        "Lists, watches, cancels, retries and deletes jobs, pauses types of jobs, and limits users.",
        EXAMPLES,
        on_project=True,
    )
    listing = line.subcommand(
        "list", "list jobs, the newest first", examples={"": "", "--status failed": "", "--user UID --limit 100": ""}
    )
    listing.add_argument("--user", metavar="UID", help="only jobs of this owner")
    listing.add_argument("--status", metavar="STATUS", help="only jobs of this status, such as failed")
    listing.add_argument("--type", metavar="TYPE", help="only jobs of this type, such as video-processing")
    listing.add_argument("--limit", metavar="N", type=whole_number(1000), default=20, help="the most jobs to list (20)")

    show = line.subcommand("show", "show all fields of a job", examples={"ID": "", "ID --json": ""})
    show.add_argument("id", metavar="ID")

    watch = line.subcommand(
        "watch",
        "follow jobs until all of them have ended",
        description="Follows jobs until all of them have ended. The exit code is 0 if all of them completed, 3 if\n"
        "only some completed, and 1 if none did.",
        examples={"": "all jobs that are running or due", "ID": "", "ID ID --json": "print only the results"},
    )
    watch.add_argument("ids", metavar="ID", nargs="*", help="by default, jobs that are running or due (at most 50)")

    cancel = line.subcommand("cancel", "cancel jobs", examples={"ID": "", "ID ID": ""})
    cancel.add_argument("ids", metavar="ID", nargs="+")

    retry = line.subcommand("retry", "run failed or cancelled jobs again", examples={"ID": "", "ID ID": ""})
    retry.add_argument("ids", metavar="ID", nargs="+")

    delete = line.subcommand(
        "delete", "delete jobs that have ended, with their files", examples={"ID": "", "ID ID": ""}
    )
    delete.add_argument("ids", metavar="ID", nargs="+")

    pause = line.subcommand(
        "pause",
        "stop starting jobs of a type",
        description="Stops starting jobs of a type. Running jobs continue.",
        examples={"video-processing": ""},
    )
    pause.add_argument("type", metavar="TYPE")

    resume = line.subcommand("resume", "start jobs of a paused type again", examples={"video-processing": ""})
    resume.add_argument("type", metavar="TYPE")

    limits = line.subcommand(
        "limits",
        "show or set the limits of each user",
        examples={"": "", "--at-once 3 --a-day 20": "", "--a-day none": "remove a limit"},
    )
    limits.add_argument("--at-once", metavar="N", type=_limit, help="jobs that run at the same time; none: no limit")
    limits.add_argument("--a-day", metavar="N", type=_limit, help="jobs that start on a day, in UTC; none: no limit")
    return line.parser


def _limit(text: str) -> int:
    if text == "none":
        return NO_LIMIT
    try:
        return whole_number(1_000_000)(text)
    except argparse.ArgumentTypeError:
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number from 1 to 1,000,000 nor 'none'") from None
