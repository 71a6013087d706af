"""The arguments of `stoker explain`. Standard library only, so that --help answers at once."""

from collections.abc import Sequence

from stoker_tools.cli import project_command
from stoker_tools.cli.command_line import CommandLine, Parser

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

The exit code is 0 if the rules would accept the write, and 1 if they would refuse it. It is 10 if a file does not
exist, and 2 if a file holds no document.
"""


def main(arguments: Sequence[str]) -> int:
    """Run a command line; return the exit code."""
    options = parser().parse_args(arguments)

    def explain() -> int:
        from stoker_tools.cli.explain import commands

        return commands.run(options)

    return project_command.run_with_functions(options, explain)


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
