"""Runs the command line."""

import sys

from development import project_command
from development.roles import arguments

if __name__ == "__main__":
    sys.exit(project_command.main("development.roles", arguments.parser()))
