"""Runs the command line."""

import io
import os
import signal
import sys

from development import environment
from development.analytics import arguments


def main() -> int:
    """Runs the command line; the return value is the exit code."""
    parser = arguments.parser()
    options = parser.parse_args()
    environment.enter("development.analytics", [".venv"])
    # The rest needs what `enter` has installed, and the functions' own code.
    sys.path.insert(0, str(environment.ROOT / "functions"))
    from google.api_core.exceptions import GoogleAPIError
    from google.auth.exceptions import GoogleAuthError

    from development.jobs import connection

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # what a terminal can't show must not end the command
    try:
        where = connection.connect(options.emulator, options.project)
        from development.analytics import commands
        from stoker.errors import StokerError

        try:
            code = commands.run(options)
        except StokerError as error:
            raise connection.CommandError(error.message) from None
        except (GoogleAPIError, GoogleAuthError) as error:
            raise connection.explained(error, where) from error
        sys.stdout.flush()
    except connection.CommandError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 128 + signal.SIGINT
    except BrokenPipeError:
        # Whoever reads has seen enough. Without this, Python would complain of it once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    return code


if __name__ == "__main__":
    sys.exit(main())
