"""What the command line may say. Standard library only, so that --help is there at once."""

import argparse

EXAMPLES = """\
examples:
  scripts/progress rebuild UID                        of one user
  scripts/progress rebuild --all --dry-run            what would change, of everyone
  scripts/emulators -- scripts/progress rebuild --all inside of an emulator suite
  scripts/progress rebuild --all --emulator           beside scripts/emulators
  scripts/progress rebuild UID --project my-project --json

Without --emulator, and outside of a suite, the project is the default one of .firebaserc, and the credentials are
yours: gcloud auth application-default login.

Exit codes: 0 done, 1 it can't be done, for someone at least, 2 the command line is wrong.
"""

REBUILD = """\
Computes progress from the start: from all that was ever completed. XP that a task gave once stay as they are, and so do
achievements. Tasks that were completed without anyone hearing of it give theirs now.
"""


def parser() -> argparse.ArgumentParser:
    """The command and its subcommand."""
    whole = argparse.ArgumentParser(
        prog="scripts/progress",
        description="Computes users' progress anew.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)
    rebuild = commands.add_parser(
        "rebuild",
        help="compute progress from the start",
        description=REBUILD,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    whose = rebuild.add_mutually_exclusive_group(required=True)
    whose.add_argument("user", metavar="UID", nargs="?", help="of this user")
    whose.add_argument("--all", action="store_true", help="of everyone who has a profile")
    rebuild.add_argument("--dry-run", action="store_true", help="write nothing, and tell what would change")
    rebuild.add_argument("--json", action="store_true", help="print the result as JSON, a line for each user")
    rebuild.add_argument("--emulator", action="store_true", help="the suite that scripts/emulators runs")
    rebuild.add_argument("--project", metavar="ID", help="a Firebase project, or an alias in .firebaserc")
    return whole
