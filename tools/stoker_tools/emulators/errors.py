"""What may go wrong with the suite.

SuiteError
  LoadError           main.py can't be loaded
  MissingPartError    a program that an emulator needs can be had nowhere
  StartError          the Firebase CLI ended, or was not ready in time
"""


class SuiteError(Exception):
    """The suite does not run; the message says why, and what to do."""


class LoadError(SuiteError):
    """`main.py` could not be loaded; the message ends with what Python said."""


class MissingPartError(SuiteError):
    """A program that an emulator needs can be had nowhere; the message says what to install."""


class StartError(SuiteError):
    """The Firebase CLI ended, or was not ready in time; the message ends with what it said."""
