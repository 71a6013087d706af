"""The arguments of `stoker doctor`. Standard library only, so that --help answers at once."""

import argparse
from collections.abc import Sequence

from stoker_tools.cli import project_command
from stoker_tools.cli.command_line import CommandLine

EXAMPLES = {
    "": "look at the default project of .firebaserc",
    "--project my-project": "",
    "--emulator": "look at the suite that scripts/emulators runs",
    "--project my-project --json": "",
}

NOTES = """\
Each finding has a sentence, and the command that mends it. The exit code is 1 if a finding is an error, and 0 if there
are only warnings. A finding that has caused others is reported with their codes; --json has them in full. The command
takes 10 s at most, and changes nothing. It needs roles that may read: Viewer (roles/viewer), Browser
(roles/browser), Storage Bucket Viewer (roles/storage.bucketViewer) and Service Usage Consumer
(roles/serviceusage.serviceUsageConsumer) suffice. A fact that it may not read is a finding.
"""


PROGRESS = "Looking. This takes up to 10 s."
"""The line that is printed at once on standard error."""


def main(arguments: Sequence[str]) -> int:
    """Run a command line; return the exit code."""
    return project_command.run("stoker_tools.cli.doctor", parser(), arguments, progress=PROGRESS)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command."""
    description = (
        "Looks at a running project, and reports what is wrong: functions, schedules, queues, indexes, TTL\n"
        "policies, roles, CORS, rules, jobs that are stuck, types that are paused, and limits of the day."
    )
    return CommandLine("doctor", description, EXAMPLES, notes=NOTES, on_project=True).parser
