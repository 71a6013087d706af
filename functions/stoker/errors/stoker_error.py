"""The root of the errors."""

from typing import ClassVar


class StokerError(Exception):
    """The root of the tree.

    Args:
        message: A sentence for the user.
    """

    code: ClassVar[str] = "internal"

    @property
    def message(self) -> str:
        """The sentence that the error was raised with."""
        return str(self)
