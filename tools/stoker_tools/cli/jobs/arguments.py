"""What the command line may say. Standard library only, so that --help is there at once."""

import argparse

EXAMPLES = """\
examples:
  scripts/jobs list --status failed --limit 5
  scripts/jobs show jO4Nfx7HgAfqnLd1Mmd7
  scripts/jobs watch                                  every job that is alive and due
  scripts/jobs retry jO4Nfx7HgAfqnLd1Mmd7
  scripts/jobs delete jO4Nfx7HgAfqnLd1Mmd7            with its files
  scripts/jobs pause video-processing                 no further one begins
  scripts/jobs limits --at-once 3                     for each user
  scripts/emulators -- scripts/jobs list              inside of an emulator suite
  scripts/jobs list --emulator                        beside scripts/emulators
  scripts/jobs list --project my-project --json

Without --emulator, and outside of a suite, the project is the default one of .firebaserc, and the credentials are
yours: gcloud auth application-default login.

Exit codes: 0 done, 1 it can't be done, or a job that was watched did not complete, 2 the command line is wrong.
"""


def parser() -> argparse.ArgumentParser:
    """The command and its subcommands."""
    whole = argparse.ArgumentParser(
        prog="scripts/jobs",
        description="Lists, follows, cancels, retries and deletes jobs, pauses types of them, and limits users.",
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
            epilog="\n  ".join(["examples:", *(f"scripts/jobs {name} {example}".rstrip() for example in examples)]),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        one.add_argument("--json", action="store_true", help="print the result as JSON")
        one.add_argument("--emulator", action="store_true", help="the suite that scripts/emulators runs")
        one.add_argument("--project", metavar="ID", help="a Firebase project, or an alias in .firebaserc")
        return one

    listing = command("list", "list jobs, the newest first", "", "--status failed", "--user UID --limit 100 --json")
    listing.add_argument("--user", metavar="UID", help="of this owner only")
    listing.add_argument("--status", metavar="STATUS", help="of this status only, such as failed")
    listing.add_argument("--type", metavar="TYPE", help="of this type only, such as video-processing")
    listing.add_argument("--limit", metavar="N", type=_count, default=20, help="at most so many (20)")

    show = command("show", "show all that a job's document says", "ID", "ID --json")
    show.add_argument("id", metavar="ID")

    watch = command("watch", "follow jobs until all of them have ended", "", "ID", "ID ID --json")
    watch.add_argument("ids", metavar="ID", nargs="*", help="by default, all that are alive and due now, at most 50")

    cancel = command("cancel", "ask for the end of jobs", "ID", "ID ID")
    cancel.add_argument("ids", metavar="ID", nargs="+")

    retry = command("retry", "run jobs again that failed or were cancelled", "ID", "ID ID")
    retry.add_argument("ids", metavar="ID", nargs="+")

    delete = command("delete", "delete jobs that have ended, with their files", "ID", "ID ID")
    delete.add_argument("ids", metavar="ID", nargs="+")

    pause = command("pause", "let no further job of a type begin; those that run go on", "video-processing")
    pause.add_argument("type", metavar="TYPE")

    resume = command("resume", "let jobs of a type begin again", "video-processing")
    resume.add_argument("type", metavar="TYPE")

    limits = command("limits", "show or set what each user may have", "", "--at-once 3 --a-day 20", "--a-day none")
    limits.add_argument("--at-once", metavar="N", type=_limit, help="jobs that run at the same time; none: no limit")
    limits.add_argument("--a-day", metavar="N", type=_limit, help="jobs that begin on one day, in UTC; none: no limit")
    return whole


NO_LIMIT = 0
"""What `none` means, for a limit of 0 can't be set."""


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 1000")
    return int(text)


def _limit(text: str) -> int:
    if text == "none":
        return NO_LIMIT
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number from 1 to 1,000,000 nor 'none'")
    return int(text)
