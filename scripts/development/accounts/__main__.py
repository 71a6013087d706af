"""Runs the command line."""

from development import project_command
from development.accounts import arguments
from development.process import run_command

if __name__ == "__main__":
    run_command(lambda: project_command.main("development.accounts", arguments.parser()))
