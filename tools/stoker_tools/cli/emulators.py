"""The command `scripts/emulators`: the Firebase emulator suite, for a command or until Ctrl-C."""

import argparse
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from stoker_tools.cli.process import run_command
from stoker_tools.setup import environment

if TYPE_CHECKING:
    from stoker_tools.emulators import Emulators

EXAMPLES = """\
examples:
  scripts/emulators                                  runs until Ctrl-C, and shows what the functions say
  scripts/emulators -- python3 seed.py               runs for as long as a command runs inside
  scripts/emulators --only auth,firestore -- npm test
  scripts/emulators --json suite.json                writes the addresses to a file, once everything answers
"""


def main() -> int:
    """Runs the command line; the return value is the exit code."""
    options = _parser().parse_args()
    environment.enter("stoker_tools.cli.emulators")
    from stoker_tools import emulators as suite  # needs what `enter` has installed
    from stoker_tools.emulators import sharing
    from stoker_tools.emulators.command import end_in_order, run

    end_in_order()
    started = time.monotonic()
    inside: list[str] = options.command
    try:
        with suite.running(
            options.only, schedules=options.schedules, usual_ports=not inside, user_interface=not inside
        ) as emulators:
            if options.json:
                options.json.write_text(json.dumps(_facts(emulators), indent=2) + "\n")
            if inside:
                os.environ.pop("PYTHONPATH", None)  # it leads to these tools, and is not meant for COMMAND
                return run(inside, emulators.environment)
            sharing.offer(emulators.keeper.directory, emulators.hosts, emulators.environment)
            print(f"The emulators are ready, after {time.monotonic() - started:.0f} s:\n{emulators.describe()}")
            print("Ctrl-C ends them.", flush=True)
            emulators.wait()
    except suite.SuiteError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/emulators",
        description="Runs the Firebase emulator suite with this project's functions, rules and schedules.\n"
        "Several suites can run at the same time, and nothing is left behind, however one ends.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--only",
        metavar="NAMES",
        type=lambda names: names.split(","),
        help="these emulators only, separated by commas: auth, functions, firestore, storage, tasks, eventarc, pubsub",
    )
    parser.add_argument(
        "--no-schedules", dest="schedules", action="store_false", help="do not call scheduled functions at their times"
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="write hosts, environment and log path to a file")
    parser.add_argument(
        "command", metavar="COMMAND", nargs="*", help="run this inside, end with it, and return its exit code"
    )
    return parser


def _facts(emulators: "Emulators") -> dict[str, object]:
    return {
        "hosts": dict(emulators.hosts),
        "environment": dict(emulators.environment),
        "log": str(emulators.log_path),
    }


if __name__ == "__main__":
    run_command(main)
