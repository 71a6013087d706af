"""Runs the command line."""

from development import project_command
from development.process import run_command
from development.progress import arguments

if __name__ == "__main__":
    run_command(lambda: project_command.main("development.progress", arguments.parser()))
