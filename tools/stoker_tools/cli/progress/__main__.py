"""Runs the command line."""

from stoker_tools.cli import project_command
from stoker_tools.cli.process import run_command
from stoker_tools.cli.progress import arguments

if __name__ == "__main__":
    run_command(lambda: project_command.main("stoker_tools.cli.progress", arguments.parser()))
