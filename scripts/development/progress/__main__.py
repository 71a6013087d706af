"""Runs the command line."""

import sys

from development import project_command
from development.progress import arguments

if __name__ == "__main__":
    sys.exit(project_command.main("development.progress", arguments.parser()))
