"""The arguments of `stoker explain`. Standard library only, so that --help answers at once."""

import io
import json
import sys
from collections.abc import Sequence

from stoker_tools.cli.command_line import CommandLine, Parser
from stoker_tools.errors import CommandError
from stoker_tools.setup import environment

DESCRIPTION = """\
Explains why the rules would refuse a document that a client writes to Firestore. It needs no emulator and no project.
It assumes that the user has signed in and has no role. docs/refused.md lists all causes of permission-denied.
"""

EXAMPLES = {
    "task.json --as ada": "would the rules let ada create this document?",
    "job.json --as ada --in processingJobs --id job-1": "",
    "change.json --as ada --update stored.json": "would the rules let ada change this document?",
}

NOTES = """\
FILE.json contains the fields that your app writes. JSON has no timestamps, so write:

  {"serverTimestamp": true}                for serverTimestamp()
  "2026-11-27T05:00:00Z"                   for a timestamp, in a field for timestamps (RFC 3339)
  {"timestamp": "2026-11-27T05:00:00Z"}    for a timestamp in any field
  {"deleteField": true}                    for deleteField(), in a change

The exit code is 0 if the rules would accept the write, and 1 if they would refuse it.
"""


def main(arguments: Sequence[str]) -> int:
    """Run a command line; return the exit code."""
    options = parser().parse_args(arguments)
    environment.enter("stoker_tools", [".venv"])
    # The rest needs the packages that `enter` has installed, and the code of the functions.
    sys.path.insert(0, str(environment.ROOT / "functions"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A character that the terminal can't show must not stop the command.
            stream.reconfigure(errors="backslashreplace")
    from stoker_tools.cli.explain import commands

    try:
        return commands.run(options)
    except CommandError as error:
        if options.json:
            print(json.dumps({"error": str(error)}))
        raise


def parser() -> Parser:
    """Return the parser of the command."""
    line = CommandLine("explain", DESCRIPTION, EXAMPLES, notes=NOTES).parser
    line.add_argument("file", metavar="FILE.json", help="the fields that the client writes")
    line.add_argument("--as", dest="user", metavar="UID", required=True, help="the uid of the signed-in user")
    line.add_argument(
        "--in", dest="collection", metavar="COLLECTION", help="such as tasks; by default, found from the fields"
    )
    line.add_argument("--id", metavar="ID", help="the id of the document; by default, its field id")
    line.add_argument(
        "--update", metavar="OLD.json", help="the stored document; FILE.json then contains the fields for updateDoc()"
    )
    line.add_argument("--json", action="store_true", help="print the result as JSON")
    return line
