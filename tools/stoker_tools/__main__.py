"""Run the command `stoker`."""

import sys

from stoker_tools.cli import stoker
from stoker_tools.cli.process import run_command

if __name__ == "__main__":
    run_command(lambda: stoker.main(sys.argv[1:]))
