"""Run the command `stoker`."""

import sys
from typing import NoReturn

from stoker_tools.cli import stoker
from stoker_tools.cli.process import run_command


def run() -> NoReturn:
    """Run the command line of this process, and end the process with the exit code."""
    run_command(lambda: stoker.main(sys.argv[1:]))


if __name__ == "__main__":
    run()
