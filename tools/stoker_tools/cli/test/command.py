"""The command `stoker test`: run pytest, and the emulator suite for the tests that need it."""

import argparse
import os
import sys
from collections.abc import Sequence

from stoker_tools.cli.command_line import CommandLine
from stoker_tools.cli.test import parts, selection
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.setup import environment

DESCRIPTION = """\
Runs pytest from the root of the project. All other arguments are passed on to pytest.

If a suite runs in this checkout, tests that need the emulator suite use it. Otherwise, they start their own suite.
Scheduled functions wait during the tests. The documents that tests write stay in the suite.

All tests together run in several parts at the same time, each with its own suite if it needs one. Their outputs follow
one another. With --coverage, the branch coverage of functions/stoker is shown at the
end. The run fails if it is below `fail_under` in pyproject.toml. Functions that run in emulators do not count.
"""

EXAMPLES = {
    "": "all tests",
    "--coverage": "all tests, and the coverage of functions/stoker",
    "--fast": "the tests that take at most a second and need no emulator: under two minutes",
    "--fast --python 3.13": "the same on another Python",
    "--fast -k captions": "the tests whose names contain a word",
    "tests/unit -n 2": "all tests without emulators, in two processes",
    "tests/emulator -k video -x": "",
    "-m soak": "the tests that take minutes to hours",
}

NOTES = """A test is marked `slow` if it takes about a second or more. --fast lists slow tests that lack the mark.

If pytest runs, the exit code is that of pytest: https://docs.pytest.org/en/stable/reference/exit-codes.html
"""


def main(words: Sequence[str]) -> int:
    """Run a command line; return pytest's exit code, or 1 if too little is covered."""
    parser = _parser()
    options, arguments = parser.parse_known_args(words)
    if absent := selection.absent(arguments):
        raise CommandError(f"There is no {absent[0]}.", ExitCode.NOTHING_THERE)
    names = bool(selection.named(arguments))
    python_only = selection.all_under(arguments, *selection.PYTHON_FOLDERS) if names else options.fast
    if (options.fast or options.python) and not python_only:
        folders = ", ".join(selection.PYTHON_ONLY)
        parser.error(f"--fast and --python run only tests of {folders}: name tests of these, or no tests with --fast.")
    # Node.js and Java take longer to install than the Python tools.
    python = f".venv-{options.python}" if options.python else ".venv"
    places = (python,) if python_only else environment.EVERYTHING
    environment.enter(places)
    if options.fast:
        arguments = [*selection.FAST, *([] if names else selection.PYTHON_ONLY), *arguments]
    if python_only or selection.needs_no_suite(arguments):
        os.chdir(environment.ROOT)
        os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])
    if names:
        from stoker_tools.cli.test.inside import run_inside  # It needs the packages that `enter` has installed.

        return run_inside([sys.executable, "-m", "pytest", *arguments])
    return parts.run_all(arguments, coverage=options.coverage)


def _parser() -> argparse.ArgumentParser:
    parser = CommandLine("test", DESCRIPTION, EXAMPLES, notes=NOTES).parser
    parser.usage = "scripts/test [-h] [--fast] [--coverage] [--python VERSION] [PYTEST ARGUMENTS ...]"
    parser.add_argument(
        "--fast",
        action="store_true",
        help="leave out tests that need an emulator or are marked `slow`, and use a process for each processor",
    )
    parser.add_argument(
        "--coverage",
        action="store_true",
        help="measure the branch coverage of functions/stoker in the run of all tests, which takes minutes longer",
    )
    parser.add_argument(
        "--python",
        metavar="VERSION",
        help="the Python version for tests without a suite, such as 3.13; installed in .venv-VERSION",
    )
    return parser
