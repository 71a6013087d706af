"""What `rules/functions.rules` may say of a function."""

from dataclasses import dataclass
from typing import Literal

Invoker = Literal["eventarc", "cloud-tasks", "cloud-scheduler", "identity-platform"]
"""Who calls what no client may call."""


@dataclass(frozen=True)
class CallPolicy:
    """Who may call a function, and how often.

    Attributes:
        signed_in: Whether the caller needs an ID token of the project's.
        roles: Of which the caller must have one; none where nobody needs to be signed in.
        permissions: Of which the caller must have all.
        app_check: Whether the call needs a token of Firebase App Check.
        calls_per_minute: For each user; None where nobody needs to be signed in.
    """

    signed_in: bool
    roles: tuple[str, ...]
    permissions: tuple[str, ...]
    app_check: bool
    calls_per_minute: int | None
