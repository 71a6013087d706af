"""The form of an entry in `rules/functions.rules`."""

from dataclasses import dataclass
from typing import Final

ROLES: Final = ("user", "moderator", "admin")
"""The roles of callers. A token without a role, or with another one, is that of a `user`."""


@dataclass(frozen=True)
class CallPolicy:
    """The rights to call a function.

    Attributes:
        signed_in: Whether the caller needs an ID token of this project.
        roles: The roles of which the caller must have one. Empty if the caller need not be signed in.
        permissions: The permissions that the caller must have.
        app_check: Whether the call needs a token of Firebase App Check.
        calls_per_minute: The most calls of a user in a minute. None if the caller need not be signed in.
    """

    signed_in: bool
    roles: tuple[str, ...]
    permissions: tuple[str, ...]
    app_check: bool
    calls_per_minute: int | None
