"""The arguments of `stoker deploy`. Standard library only, so that --help answers at once."""

import json
from collections.abc import Sequence

from stoker_tools.cli.command_line import CommandLine, Parser
from stoker_tools.errors import CommandError
from stoker_tools.setup import app_root, environment
from stoker_tools.setup.functions_folder import make_importable

DESCRIPTION = """\
Looks for everything that would spoil a deployment, and lists it, each with the command that mends it. If there is no
error, it deploys rules, indexes and functions with the Firebase CLI, and sets the CORS configuration of the bucket.
"""

EXAMPLES = {
    "--check": "only list what is missing",
    "": "deploy to the default project of .firebaserc",
    "--project my-project --json": "",
    "--allow-deletions": "after a change of the region",
}

NOTES = """\
Nothing is deployed if the list has an error. A warning stops nothing.

A deployment deletes the functions of Stoker that this checkout does not declare, or declares in another region or with
another prefix. The list names them as errors. With --allow-deletions they are warnings, and are deleted.

The command uses the login of the Firebase CLI: run `npx firebase-tools login`, or name a service account's key in
GOOGLE_APPLICATION_CREDENTIALS.
"""


def main(arguments: Sequence[str]) -> int:
    """Run a command line; return the exit code."""
    options = parser().parse_args(arguments)
    environment.enter((".venv", "node_modules"))
    try:
        make_importable()
        from stoker_tools.cli.deploy import commands  # It needs the packages that `enter` has installed.

        return commands.run(options)
    except CommandError as error:
        if options.json:
            print(json.dumps({"error": app_root.as_typed(str(error))}))
        raise


def parser() -> Parser:
    """Return the parser of the command."""
    parser = CommandLine("deploy", DESCRIPTION, EXAMPLES, notes=NOTES).parser
    parser.add_argument("--check", action="store_true", help="list what is missing, and deploy nothing")
    agreement = "delete the functions that the list names as deleted"
    parser.add_argument("--allow-deletions", dest="may_delete", action="store_true", help=agreement)
    parser.add_argument("--project", metavar="ID", help="a Firebase project, or an alias in .firebaserc")
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end; the rest goes to stderr")
    return parser
