"""The ids of jobs that delete the remaining data of users whose accounts are gone."""

import hashlib

PREFIX = "orphan-"
"""The beginning of these ids. The rules refuse it to clients, so that no client takes such an id first."""


def orphan_job_id(user_id: str, occasion: str) -> str:
    """Return the id of the job for a user and an occasion. The same occasion gives the same id, and so only one job.

    Args:
        user_id: The uid of the user.
        occasion: The occasion that showed that the account is gone, such as an event's id.
    """
    return PREFIX + hashlib.sha256(f"{user_id}\0{occasion}".encode()).hexdigest()[:32]
