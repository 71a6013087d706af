"""The errors of `stoker install`, `stoker update` and `stoker uninstall`."""

from stoker_tools.errors import ToolError


class InstallError(ToolError):
    """The app can't be changed as it is. The message names the file and says what to do."""


class Collision(InstallError):
    """The app has a part that collides with Stoker's. The message names the file, the line and the way out."""


class NoJson(InstallError):
    """A file is no JSON.

    Args:
        name: The name of the file.
        line: The line where the reading stopped, from 1.
        sign: The character that was not expected; empty for the end of the file.
    """

    def __init__(self, name: str, line: int, sign: str) -> None:
        super().__init__(f"{name}, line {line}: {sign or 'the end'!r} was not expected. Repair the file first.")
        self.line = line
