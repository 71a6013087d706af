"""The emulator suite. `with running() as emulators:` starts it, waits until it answers, and leaves nothing behind."""

from stoker_tools.emulators.errors import LoadError, MissingPartError, StartError, SuiteError
from stoker_tools.emulators.start import DEFAULT, PROJECT, Emulators, running

__all__ = ["DEFAULT", "PROJECT", "Emulators", "LoadError", "MissingPartError", "StartError", "SuiteError", "running"]
