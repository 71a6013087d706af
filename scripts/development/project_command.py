"""What the commands share that work on a project's data: where that is, and what they say where it can't be done."""

import argparse
import importlib
import io
import json
import os
import signal
import sys

from development import environment


def main(module: str, parser: argparse.ArgumentParser) -> int:
    """Runs a command line; the return value is the exit code.

    Args:
        module: The package of the command; its `commands.run` carries the command line out.
        parser: Of the command line, with `--emulator`, `--project` and `--json`.
    """
    options = parser.parse_args()
    environment.enter(module, [".venv"])
    # The rest needs what `enter` has installed, and the functions' own code.
    sys.path.insert(0, str(environment.ROOT / "functions"))
    from firebase_admin.exceptions import FirebaseError
    from google.api_core.exceptions import GoogleAPIError
    from google.auth.exceptions import GoogleAuthError

    from development import connection

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # what a terminal can't show must not end the command
    try:
        where = connection.connect(options.emulator, options.project)
        commands = importlib.import_module(f"{module}.commands")
        from stoker.errors import StokerError

        try:
            code = int(commands.run(options, parser.error))
        except StokerError as error:
            raise connection.CommandError(error.message) from None
        except (GoogleAPIError, GoogleAuthError, FirebaseError) as error:
            raise connection.explained(error, where) from error
        sys.stdout.flush()
    except connection.CommandError as error:
        print(error, file=sys.stderr)
        if options.json:
            print(json.dumps({"error": str(error)}))
        return 1
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 128 + signal.SIGINT
    except BrokenPipeError:
        # Whoever reads has seen enough. Without this, Python would complain of it once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    return code
