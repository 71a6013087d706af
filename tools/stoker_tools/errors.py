"""Errors that a command reports in a sentence, without a stack trace.

ToolError
  CommandError      a command can't be carried out
  SetupError        this machine lacks something, or an installation failed: see stoker_tools/setup/place.py
  Interruption      a signal has arrived while packages were installed or deployed: see stoker_tools/setup/installers.py
  SuiteError        the emulator suite does not run: see stoker_tools/emulators/errors.py
  InstallError      an app can't be changed as it is: see stoker_tools/install/errors.py
"""

from stoker_tools.exit_codes import ExitCode


class ToolError(Exception):
    """An error whose message is for the user of a command: it says what is wrong, and what to do.

    Args:
        message: One sentence or more.
        exit_code: The exit code with which the command ends.
    """

    def __init__(self, message: str, exit_code: int = ExitCode.FAILED) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class CommandError(ToolError):
    """A command can't be carried out."""
