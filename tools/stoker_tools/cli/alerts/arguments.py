"""The arguments of `stoker alerts`. Standard library only, so that --help answers at once."""

import argparse
import re
from collections.abc import Sequence

from stoker_tools.cli import project_command
from stoker_tools.cli.command_line import CommandLine

EXAMPLES = {
    "--email ops@example.com": "in the default project of .firebaserc",
    "--email ops@example.com --project my-project": "",
    "--email ada@example.com": "send the alerts to a second address too",
}

NOTES = """\
The metrics, alerts and the dashboard are files in monitoring/. docs/operations.md explains each alert. A second run
updates what the first run has made, and makes nothing twice. You need the roles Monitoring Editor
(roles/monitoring.editor), Logs Configuration Writer (roles/logging.configWriter) and Service Usage Consumer
(roles/serviceusage.serviceUsageConsumer). Google may charge for metrics and alerts: see https://cloud.google.com/stackdriver/pricing.
"""


def main(arguments: Sequence[str]) -> int:
    """Run a command line; return the exit code."""
    return project_command.run("stoker_tools.cli.alerts", parser(), arguments)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command."""
    description = (
        "Sets up alerts and a dashboard in Cloud Monitoring: jobs fail or wait too long, the sweeper is\n"
        "silent, a deletion has failed, or the limit of the day is reached."
    )
    line = CommandLine("alerts", description, EXAMPLES, notes=NOTES, on_project=True, in_suite=False)
    line.parser.add_argument(
        "--email", metavar="ADDRESS", required=True, type=_address, help="the address that the alerts are sent to"
    )
    return line.parser


def _address(text: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no e-mail address")
    return text
