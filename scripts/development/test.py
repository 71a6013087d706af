"""The command `scripts/test`: pytest, inside the emulator suite where the tests need it."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from development import environment

# What runs without a suite: the tests without services, and those of the suite, which start suites of their own.
UNIT = environment.ROOT / "tests" / "unit"
ALONE = (UNIT, environment.ROOT / "tests" / "suite")

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
        "started once for all tests, unless they are named and all lie in tests/unit or tests/suite.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _, arguments = parser.parse_known_args()
    # The unit tests need the Python tools only, which are there sooner.
    places = (".venv",) if _all_under(arguments, UNIT) else environment.EVERYTHING
    environment.enter("development.test", places)
    pytest = [sys.executable, "-m", "pytest", *arguments]
    if not needs_suite(arguments):
        os.chdir(environment.ROOT)
        os.execv(sys.executable, pytest)
    return _inside(pytest)


def needs_suite(arguments: Sequence[str]) -> bool:
    """Whether the tests that pytest's arguments name may need a running suite; without a name, that is all tests."""
    return not _all_under(arguments, *ALONE)


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


def _all_under(arguments: Sequence[str], *directories: Path) -> bool:
    """Whether the arguments name files or directories, and all of these lie under one of some directories."""
    paths = [environment.ROOT / argument.partition("::")[0] for argument in arguments if not argument.startswith("-")]
    named = [path.resolve() for path in paths if path.exists()]
    return bool(named) and all(any(path.is_relative_to(directory) for directory in directories) for path in named)


if __name__ == "__main__":
    sys.exit(main())
