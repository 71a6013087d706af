"""Runs the command line."""

import sys

from development import project_command
from development.accounts import arguments

if __name__ == "__main__":
    sys.exit(project_command.main("development.accounts", arguments.parser()))
