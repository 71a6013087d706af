"""The command `scripts/test`: pytest, inside the emulator suite where the tests need it.

All tests run in two lanes at the same time, each with a suite of its own: many of them wait, for an emulator, a lease
or an encoder of one thread, and two cores have time for both.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from development import environment

# What runs without a suite: the tests without services, and those of the suite, which start suites of their own.
UNIT = environment.ROOT / "tests" / "unit"
ALONE = (UNIT, environment.ROOT / "tests" / "suite")

LANES = (
    ("tests/emulator", "tests/clients", "tests/rules"),
    ("tests/unit", "tests/suite", "tests/deploy", "tests/faults"),
)
NOTHING_COLLECTED = 5
"""pytest's exit code where no test was chosen."""

EXAMPLES = """\
examples:
  scripts/test                          all tests
  scripts/test tests/unit               without the emulators
  scripts/test tests/emulator -k video -x
"""


def main() -> int:
    """Runs the command line; the return value is pytest's exit code."""
    parser = argparse.ArgumentParser(
        prog="scripts/test",
        usage="scripts/test [-h] [PYTEST ARGUMENTS ...]",
        description="Runs pytest from the root of the project, with all arguments passed on. The emulator suite is\n"
        "started for them, unless all that are named lie in tests/unit or tests/suite. All tests together run in two\n"
        "lanes, each with a suite; the second says what it has to say after the first.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _, arguments = parser.parse_known_args()
    # The unit tests need the Python tools only, which are there sooner.
    places = (".venv",) if _all_under(arguments, UNIT) else environment.EVERYTHING
    environment.enter("development.test", places)
    if not _named(arguments):
        return _in_lanes(arguments)
    pytest = [sys.executable, "-m", "pytest", *arguments]
    if not needs_suite(arguments):
        os.chdir(environment.ROOT)
        os.execv(sys.executable, pytest)
    return _inside(pytest)


def needs_suite(arguments: Sequence[str]) -> bool:
    """Whether the tests that pytest's arguments name may need a running suite; without a name, that is all tests."""
    return not _all_under(arguments, *ALONE)


def _in_lanes(arguments: Sequence[str]) -> int:
    from development.suite.command import end_in_order  # needs what `enter` has installed

    end_in_order()
    first, second = ([sys.executable, "-m", "development.test", *lane, *arguments] for lane in LANES)
    with tempfile.NamedTemporaryFile() as written, open(written.name) as said:
        lanes = [subprocess.Popen(first), subprocess.Popen(second, stdout=written, stderr=subprocess.STDOUT)]
        try:
            lanes[0].wait()
            while lanes[1].poll() is None:
                time.sleep(0.2)  # a file does not tell when it grows
                shutil.copyfileobj(said, sys.stdout)
                sys.stdout.flush()
            shutil.copyfileobj(said, sys.stdout)
        except KeyboardInterrupt:
            return 128 + signal.SIGINT
        finally:
            for lane in lanes:
                lane.terminate()
            codes = [lane.wait() for lane in lanes]
    chosen = [code for code in codes if code != NOTHING_COLLECTED] or [NOTHING_COLLECTED]
    return max(128 - code if code < 0 else code for code in chosen)


def _inside(pytest: Sequence[str]) -> int:
    from development import suite  # needs what `enter` has installed
    from development.suite.command import end_in_order, run

    end_in_order()
    try:
        with suite.running(schedules=False) as emulators:
            return run(pytest, emulators, environment.ROOT)
    except suite.SuiteError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _named(arguments: Sequence[str]) -> list[Path]:
    paths = [environment.ROOT / argument.partition("::")[0] for argument in arguments if not argument.startswith("-")]
    return [path.resolve() for path in paths if path.exists()]


def _all_under(arguments: Sequence[str], *directories: Path) -> bool:
    """Whether the arguments name files or directories, and all of these lie under one of some directories."""
    named = _named(arguments)
    return bool(named) and all(any(path.is_relative_to(directory) for directory in directories) for path in named)


if __name__ == "__main__":
    sys.exit(main())
