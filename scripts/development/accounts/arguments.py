"""What the command line may say. Standard library only, so that --help is there at once."""

import argparse

EXAMPLES = """\
examples:
  scripts/accounts show ada@example.com
  scripts/accounts delete DFyWUiBhctMSjaeQCNrrAOmaLmRx
  scripts/accounts delete UID --banned                   also if an admin has locked the account
  scripts/accounts show UID --emulator --json            beside scripts/emulators

Without --emulator, and outside of a suite, the project is the default one of .firebaserc, and the credentials are
yours: gcloud auth application-default login.

Exit codes: 0 done, 1 it can't be done, 2 the command line is wrong.
"""


def parser() -> argparse.ArgumentParser:
    """The command and its subcommands."""
    whole = argparse.ArgumentParser(
        prog="scripts/accounts",
        description="Shows the state of an account, and deletes an account with all that belongs to it.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, summary: str, description: str) -> argparse.ArgumentParser:
        one = commands.add_parser(
            name,
            help=summary,
            description=description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        one.add_argument("user", metavar="UID|EMAIL")
        one.add_argument("--json", action="store_true", help="print the result as JSON")
        one.add_argument("--emulator", action="store_true", help="the suite that scripts/emulators runs")
        one.add_argument("--project", metavar="ID", help="a Firebase project, or an alias in .firebaserc")
        return one

    command(
        "show",
        "show the state of an account",
        "Shows whether the account exists, whether it is locked and by whom, and which job deletes it.",
    )
    deleting = command(
        "delete",
        "delete an account with all that belongs to it",
        "Writes the job that deletes all that there is of a user, and the account last. A deletion that has failed or\n"
        "was cancelled begins again. Follow the job with: scripts/jobs watch ID",
    )
    deleting.add_argument("--banned", action="store_true", help="also if an admin has locked the account")
    return whole
