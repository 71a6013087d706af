"""Running the commands that use the code of the functions. Most of them work on a project's data."""

import argparse
import importlib
import io
import json
import sys
from collections.abc import Callable, Sequence

from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.setup import app_code, app_root, environment
from stoker_tools.setup.functions_folder import functions_folder, make_importable

REFUSALS = {
    "job-not-found": ExitCode.NOTHING_THERE,
    "user-not-found": ExitCode.NOTHING_THERE,
    "rolling-up": ExitCode.LOCKED,
}
"""The exit codes of refusals, by the code of the error. The others fail."""


def run(package: str, parser: argparse.ArgumentParser, arguments: Sequence[str], *, progress: str = "") -> int:
    """Run the command line of a command that works on a project's data.

    Args:
        package: The package of the command. Its `commands.check` refuses a wrong command line. Its `commands.run`
            carries out the others.
        parser: The parser of the command line, with `--emulator`, `--project` and `--json`.
        arguments: The words of the command line.
        progress: A line for standard error, which is printed before the project is asked; empty for none.

    Returns:
        The exit code.

    Raises:
        CommandError: The command can't be carried out. With `--json`, the message has been printed as JSON too.
    """
    options = parser.parse_args(arguments)
    return run_with_functions(options, lambda: _on_project(package, parser, options, progress))


def run_with_functions(options: argparse.Namespace, body: Callable[[], int]) -> int:
    """Run a command with the packages of `.venv` and with the code of the functions.

    Args:
        options: The command line, with `--json`.
        body: It imports what it needs, carries out the command line, and returns the exit code.

    Returns:
        The exit code.

    Raises:
        CommandError: The command can't be carried out. With `--json`, the message has been printed as JSON too.
    """
    environment.enter([".venv"])
    make_importable()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # A character that the terminal can't show is no failure.
    try:
        if not hasattr(options, "project"):
            _load_app()
        return body()
    except CommandError as error:
        if options.json:
            print(json.dumps({"error": app_root.as_typed(str(error))}))
        raise


def _load_app() -> None:
    """Import the app's own types of jobs. A `main.py` with a fault must not keep an operator from the other jobs."""
    try:
        app_code.load(functions_folder())
    except app_code.AppCodeError as error:
        print(f"Warning: the app's own types of jobs are not known here, because {error}", file=sys.stderr)


def _on_project(package: str, parser: argparse.ArgumentParser, options: argparse.Namespace, progress: str) -> int:
    if progress:
        print(progress, file=sys.stderr, flush=True)
    from firebase_admin.exceptions import FirebaseError
    from google.api_core.exceptions import GoogleAPIError
    from google.auth.exceptions import GoogleAuthError

    from stoker_tools.cli import connection

    try:
        project = connection.connect(options.emulator, options.project)
        _load_app()
    finally:
        # `stoker` may be imported only now. A wrong command line is reported even if no project can be reached.
        commands = importlib.import_module(f"{package}.commands")
        commands.check(options, parser.error)
    from stoker.access.answers import message_for_caller
    from stoker.errors import StokerError
    from stoker_tools.cli.function_log import divert_log

    divert_log()
    try:
        return int(commands.run(options))
    except StokerError as error:
        raise CommandError(message_for_caller(error), REFUSALS.get(error.code, ExitCode.FAILED)) from None
    except (GoogleAPIError, GoogleAuthError, FirebaseError) as error:
        raise connection.explained(error, project) from error
