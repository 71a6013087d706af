"""The standing of a user: the facts about the account that decide whether the user's jobs may run."""

from dataclasses import dataclass
from datetime import UTC, datetime

from stoker.host import within
from stoker.logs import log_error

SECONDS = 1.0
"""The longest time that a job waits for the answer, in seconds. Without an answer, the job goes on."""


@dataclass(frozen=True)
class Standing:
    """The facts about a user's account.

    Attributes:
        is_locked: Whether the account is disabled: by an admin, or because it is being deleted.
        is_gone: Whether the account was deleted. An owner who never had an account is not gone.
        created_at: The time at which the account was made, if there is an account.
    """

    is_locked: bool = False
    is_gone: bool = False
    created_at: datetime | None = None


def standing(user_id: str) -> Standing | None:
    """Look a user's account up. This takes one call to Firebase Auth, and one read if there is no account.

    Args:
        user_id: The user.

    Returns:
        The facts; None if there is no answer within a second.
    """
    try:
        return within(SECONDS, lambda: _look_up(user_id))
    except Exception as error:
        # The job must not wait for Firebase Auth. The next admission looks the account up again.
        log_error("An account could not be looked up in time; the job goes on.", error, userId=user_id)
        return None


def _look_up(user_id: str) -> Standing:
    # Only an admission needs Firebase Auth's client, and functions without admissions import this module too.
    from stoker.access import account, departure

    found = account.find(user_id)
    if found is None:
        return Standing(is_gone=departure.find(user_id) is not None)
    made = found.user_metadata.creation_timestamp
    return Standing(
        is_locked=bool(found.disabled),
        created_at=datetime.fromtimestamp(made / 1000, UTC) if made else None,
    )
