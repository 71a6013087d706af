"""The command line of `scripts/test`."""

import argparse
import os
import sys

from stoker_tools.cli.process import run_command
from stoker_tools.cli.test import parts, selection
from stoker_tools.setup import environment

EXAMPLES = """\
examples:
  scripts/test                          all tests
  scripts/test --coverage               all tests, and the coverage of functions/stoker
  scripts/test --fast                   the tests of a second or less that need no emulator: under two minutes
  scripts/test --fast --python 3.13     the same on another Python
  scripts/test --fast -k captions       those whose names hold a word
  scripts/test tests/unit -n 2          all tests without emulators, in two processes
  scripts/test tests/emulator -k video -x
  scripts/test -m soak                  the tests that take minutes to hours

A test is marked `slow` if it takes about a second or more; --fast lists tests that lack the mark.
"""


def main() -> int:
    """Run the command line; the return value is pytest's exit code, or 1 if too little is covered."""
    parser = _parser()
    options, arguments = parser.parse_known_args()
    if absent := selection.absent(arguments):
        parser.error(f"there is no {absent[0]}")
    names = bool(selection.named(arguments))
    python_only = selection.all_under(arguments, *selection.PYTHON_FOLDERS) if names else options.fast
    if (options.fast or options.python) and not python_only:
        folders = ", ".join(selection.PYTHON_ONLY)
        parser.error(f"--fast and --python are for tests of {folders}: name some of these, or none with --fast.")
    # Node.js and Java take longer to install than the Python tools.
    python = f".venv-{options.python}" if options.python else ".venv"
    places = (python,) if python_only else environment.EVERYTHING
    environment.enter("stoker_tools.cli.test", places)
    if options.fast:
        arguments = [*selection.FAST, *([] if names else selection.PYTHON_ONLY), *arguments]
    if python_only or selection.needs_no_suite(arguments):
        os.chdir(environment.ROOT)
        os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])
    if names:
        from stoker_tools.cli.test.inside import run_inside  # needs what `enter` has installed

        return run_inside([sys.executable, "-m", "pytest", *arguments])
    return parts.run_all(arguments, coverage=options.coverage)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/test",
        usage="scripts/test [-h] [--fast] [--python VERSION] [PYTEST ARGUMENTS ...]",
        description="Runs pytest from the root of the project. All other arguments are passed on to pytest.\n"
        "\n"
        "Tests that need the emulator suite use the one that scripts/emulators runs in this checkout, or else a\n"
        "suite of their own. Scheduled functions wait in the meantime. What tests write stays in that suite.\n"
        "\n"
        "All tests together run in several parts at the same time, each with a suite of its own if it needs one.\n"
        "The output of a part follows that of the part before. With --coverage, the branch coverage of\n"
        "functions/stoker is shown at the end; the run fails if it is below `fail_under` in pyproject.toml.\n"
        "Functions that run in emulators do not count.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--fast",
        action="store_true",
        help="leave out what needs an emulator and what is marked `slow`, and run in a process for each processor",
    )
    parser.add_argument(
        "--coverage",
        action="store_true",
        help="measure the branch coverage of functions/stoker in the run of all tests, which takes minutes longer",
    )
    parser.add_argument(
        "--python",
        metavar="VERSION",
        help="the Python to run tests without a suite on, such as 3.13; its packages go to .venv-VERSION",
    )
    return parser


if __name__ == "__main__":
    run_command(main)
