"""The errors of `stoker install`, `stoker update` and `stoker uninstall`."""

from stoker_tools.errors import ToolError


class InstallError(ToolError):
    """The app can't be changed as it is. The message names the file and says what to do."""
