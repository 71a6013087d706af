"""The ids of the jobs that delete what is left of a user whose account is gone."""

import hashlib

PREFIX = "orphan-"
"""The rules refuse it to clients, so that nobody takes such an id first."""


def orphan_job_id(user_id: str, occasion: str) -> str:
    """Return the id of such a job. The same occasion gives the same id, so that there is one job for it.

    Args:
        user_id: The user.
        occasion: What showed that the account is gone, such as an event's id.
    """
    return PREFIX + hashlib.sha256(f"{user_id}\0{occasion}".encode()).hexdigest()[:32]
