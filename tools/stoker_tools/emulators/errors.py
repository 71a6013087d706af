"""The errors of the emulator suite.

SuiteError
  LoadError           main.py can't be loaded
  MissingPartError    a program that an emulator needs is not available
  StartError          the Firebase CLI ended, or was not ready in time
"""

from stoker_tools.errors import ToolError


class SuiteError(ToolError):
    """The suite does not run. The message says why, and what to do."""


class LoadError(SuiteError):
    """`main.py` could not be loaded. The message ends with the last lines that Python has printed."""


class MissingPartError(SuiteError):
    """A program that an emulator needs is not available. The message says what to install."""


class StartError(SuiteError):
    """The Firebase CLI ended, or was not ready in time. The message ends with the last lines that it has printed."""
