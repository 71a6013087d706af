"""The command `stoker emulators`: run the Firebase emulator suite, for a command or until Ctrl-C."""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from stoker_tools.cli.command_line import CommandLine
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.setup import environment

if TYPE_CHECKING:
    from stoker_tools.emulators import Emulators

DESCRIPTION = """\
Runs the Firebase emulator suite with this project's functions, rules and schedules. It uses the usual ports of the
Firebase CLI if all of them are free, and random ports otherwise. Several suites can run at the same time. No process
and no file is left behind, even if the suite is killed.
"""

EXAMPLES = {
    "": "run until Ctrl-C, and show the log of the functions",
    "-- python3 seed.py": "run until this command has ended",
    "--only auth,firestore -- npm test": "",
    "--write suite.json": "write the addresses to a file when all emulators answer",
}

NOTES = """\
With a COMMAND, the exit code is that of the command.
"""


def main(arguments: Sequence[str]) -> int:
    """Run a command line; return the exit code."""
    options = _parser().parse_args(arguments)
    if options.file and not options.file.parent.is_dir():
        raise CommandError(
            f"{options.file} can't be written: there is no folder {options.file.parent}.", ExitCode.NOTHING_THERE
        )
    environment.enter()
    from stoker_tools import emulators as suite  # It needs the packages that `enter` has installed.
    from stoker_tools.emulators import sharing
    from stoker_tools.emulators.command import end_in_order, run

    end_in_order()
    started = time.monotonic()
    inside: list[str] = options.command
    with suite.running(
        options.only,
        schedules=options.schedules,
        usual_ports=True,
        user_interface=not inside,
        report=lambda line: print(line, file=sys.stderr, flush=True),
    ) as emulators:
        if options.file:
            options.file.write_text(json.dumps(_facts(emulators), indent=2) + "\n")
        if inside:
            # The suite is not offered, because it ends with COMMAND, and other commands would lose it.
            os.environ.pop("PYTHONPATH", None)  # It leads to these tools, which COMMAND must not import.
            return run(inside, emulators.environment)
        with sharing.offered(emulators.hosts, emulators.environment):
            print(f"The emulators are ready, after {time.monotonic() - started:.0f} s:\n\n{emulators.describe()}\n")
            print("Ctrl-C ends them.", flush=True)
            emulators.wait(str if options.json else show)
    return ExitCode.DONE


def show(line: str) -> str | None:
    """Return a line of the log in a readable form, with the present time; None if it has nothing new."""
    from stoker_tools.emulators.log_lines import readable

    return readable(line, f"{datetime.now():%H:%M:%S}")


def _parser() -> argparse.ArgumentParser:
    parser = CommandLine("emulators", DESCRIPTION, EXAMPLES, notes=NOTES).parser
    parser.add_argument(
        "--only",
        metavar="NAMES",
        type=lambda names: names.split(","),
        help="run only these emulators, separated by commas: auth, functions, firestore, storage, tasks, eventarc, "
        "pubsub",
    )
    parser.add_argument(
        "--no-schedules", dest="schedules", action="store_false", help="do not call scheduled functions at their times"
    )
    parser.add_argument("--json", action="store_true", help="show the raw log, with the functions' lines as JSON")
    parser.add_argument(
        "--write",
        metavar="FILE",
        dest="file",
        type=Path,
        help="write hosts, environment and log path to a file, as JSON",
    )
    parser.add_argument("command", metavar="COMMAND", nargs="*", help="run this inside the suite, then end the suite")
    return parser


def _facts(emulators: "Emulators") -> dict[str, object]:
    return {
        "hosts": dict(emulators.hosts),
        "environment": dict(emulators.environment),
        "log": str(emulators.log_path),
    }
