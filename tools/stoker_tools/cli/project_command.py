"""What the commands share that work on a project's data: where that is, and what they say where it can't be done."""

import argparse
import importlib
import io
import json
import signal
import sys

from stoker_tools.setup import environment


def main(module: str, parser: argparse.ArgumentParser) -> int:
    """Runs a command line; the return value is the exit code.

    Args:
        module: The package of the command. Its `commands.check` refuses a wrong command line, and its `commands.run`
            carries out the others.
        parser: Of the command line, with `--emulator`, `--project` and `--json`.
    """
    options = parser.parse_args()
    environment.enter(module, [".venv"])
    # The rest needs what `enter` has installed, and the functions' own code.
    sys.path.insert(0, str(environment.ROOT / "functions"))
    from firebase_admin.exceptions import FirebaseError
    from google.api_core.exceptions import GoogleAPIError
    from google.auth.exceptions import GoogleAuthError

    from stoker_tools.cli import connection

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # what a terminal can't show must not end the command
    try:
        try:
            where = connection.connect(options.emulator, options.project)
        finally:
            # A wrong command line is named first, also if there is no project to connect to. It can't be looked at
            # earlier, because `stoker` may be imported only now.
            commands = importlib.import_module(f"{module}.commands")
            commands.check(options, parser.error)
        from stoker.errors import StokerError

        try:
            return int(commands.run(options))
        except StokerError as error:
            raise connection.CommandError(error.message) from None
        except (GoogleAPIError, GoogleAuthError, FirebaseError) as error:
            raise connection.explained(error, where) from error
    except connection.CommandError as error:
        print(error, file=sys.stderr)
        if options.json:
            print(json.dumps({"error": str(error)}))
        return 1
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 128 + signal.SIGINT
