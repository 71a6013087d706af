"""What the command line may say. Standard library only, so that --help is there at once."""

import argparse

EXAMPLES = """\
examples:
  scripts/accounts show ada@example.com
  scripts/accounts delete DFyWUiBhctMSjaeQCNrrAOmaLmRx
  scripts/accounts delete UID --banned                   also if an admin has locked the account
  scripts/accounts show UID --emulator --json            beside scripts/emulators
  scripts/accounts orphans                               owners whose account is gone
  scripts/accounts delete-orphans --confirm 120          delete what at most 120 such owners have left

Without --emulator, and outside of a suite, the project is the default one of .firebaserc, and the credentials are
yours: gcloud auth application-default login.

Exit codes: 0 done, 1 it can't be done, 2 the command line is wrong.
"""


def parser() -> argparse.ArgumentParser:
    """The command and its subcommands."""
    whole = argparse.ArgumentParser(
        prog="scripts/accounts",
        description="Shows the state of an account, and deletes an account with all that belongs to it.\n"
        "Finds what accounts that are gone have left, and deletes it.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, summary: str, description: str, *, of_user: bool = True) -> argparse.ArgumentParser:
        one = commands.add_parser(
            name,
            help=summary,
            description=description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        if of_user:
            one.add_argument("user", metavar="UID|EMAIL")
        one.add_argument("--json", action="store_true", help="print the result as JSON")
        one.add_argument("--emulator", action="store_true", help="the suite that scripts/emulators runs")
        one.add_argument("--project", metavar="ID", help="a Firebase project, or an alias in .firebaserc")
        return one

    command(
        "show",
        "show the state of an account",
        "Shows whether the account exists, whether it is locked and by whom, which job deletes it, and when, if\n"
        "that job waits.",
    )
    deleting = command(
        "delete",
        "delete an account with all that belongs to it",
        "Writes the job that deletes all that there is of a user, and the account last. A deletion that has failed or\n"
        "was cancelled begins again. Follow the job with: scripts/jobs watch ID",
    )
    deleting.add_argument("--banned", action="store_true", help="also if an admin has locked the account")
    command(
        "orphans",
        "show the owners whose account is gone",
        "Shows every owner of documents or files who has no account. It leaves out owners\n"
        "whose data is younger than a day, owners whose deletion is under way, and kept_owners of\n"
        "functions/stoker/config.py. The daily reconcile deletes what they have left, unless they are too many.\n"
        "The search costs a read for each owner in each collection.",
        of_user=False,
    )
    orphans = command(
        "delete-orphans",
        "delete what owners have left whose account is gone",
        "Writes a job for each owner that `scripts/accounts orphans` shows. First make sure that these\n"
        "accounts are gone for good, and not only missing in a copy of the project or during a restore,\n"
        "because nothing brings the data back.",
        of_user=False,
    )
    orphans.add_argument(
        "--confirm",
        metavar="NUMBER",
        type=_number,
        required=True,
        help="the number of owners that `orphans` has shown; if there are more now, nothing is deleted",
    )
    return whole


def _number(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of owners, such as 120")
    return number
