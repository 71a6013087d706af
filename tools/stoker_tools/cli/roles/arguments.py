"""What the command line may say. Standard library only, so that --help is there at once."""

import argparse

EXAMPLES = """\
examples:
  scripts/roles list
  scripts/roles set ada@example.com admin             the first admin; admins then call setRole
  scripts/roles set ada@example.com user
  scripts/emulators -- scripts/roles list             inside of an emulator suite
  scripts/roles list --emulator                       beside scripts/emulators
  scripts/roles set UID moderator --project my-project --json

Without --emulator, and outside of a suite, the project is the default one of .firebaserc, and the credentials are
yours: gcloud auth application-default login.

Exit codes: 0 done, 1 it can't be done, 2 the command line is wrong.
"""

LIST_EXAMPLES = """\
examples:
  scripts/roles list
  scripts/roles list --json --project my-project
"""

SET_EXAMPLES = """\
examples:
  scripts/roles set ada@example.com admin
  scripts/roles set DFyWUiBhctMSjaeQCNrrAOmaLmRx moderator --permission read:all-tasks --permission read:all-jobs
  scripts/roles set ada@example.com user --no-permissions
"""


def parser() -> argparse.ArgumentParser:
    """The command and its subcommands."""
    whole = argparse.ArgumentParser(
        prog="scripts/roles",
        description="Lists who has a role, and gives roles to users.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, summary: str, description: str, examples: str) -> argparse.ArgumentParser:
        one = commands.add_parser(
            name,
            help=summary,
            description=description,
            epilog=examples,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        one.add_argument("--json", action="store_true", help="print the result as JSON")
        one.add_argument("--emulator", action="store_true", help="the suite that scripts/emulators runs")
        one.add_argument("--project", metavar="ID", help="a Firebase project, or an alias in .firebaserc")
        return one

    command(
        "list",
        "list the accounts with a role or permissions",
        "Lists the accounts that are not plain users, and those whose profile says otherwise than their claims. It\n"
        "looks at every account of the project, a thousand at a time.",
        LIST_EXAMPLES,
    )
    setting = command(
        "set",
        "give a user a role",
        "Gives a user a role: in the claims of the account's tokens and in the profile. Tokens that are out already\n"
        "say what was before, for an hour at most.",
        SET_EXAMPLES,
    )
    setting.add_argument("user", metavar="UID|EMAIL")
    setting.add_argument("role", metavar="ROLE", help="user, moderator or admin")
    permissions = setting.add_mutually_exclusive_group()
    permissions.add_argument(
        "--permission",
        metavar="NAME",
        dest="permissions",
        action="append",
        help="such as read:own-data; once for each; by default, those that there are stay",
    )
    permissions.add_argument(
        "--no-permissions", dest="permissions", action="store_const", const=[], help="take all permissions away"
    )
    return whole
