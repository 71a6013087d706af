"""The ids of the jobs that delete what is left of a user whose account is gone."""

import hashlib

PREFIX = "orphan-"


def orphan_job_id(user_id: str, occasion: str) -> str:
    """Return the id of such a job. The same occasion gives the same id, so that there is one job for it.

    Args:
        user_id: The user.
        occasion: What showed that the account is gone, such as an event's id.
    """
    return PREFIX + hashlib.sha256(f"{user_id}\0{occasion}".encode()).hexdigest()[:32]


def spares_accounts(job_id: str) -> bool:
    """Whether a deletion is one of these: it never touches an account, because any account of that uid is a new one."""
    return job_id.startswith(PREFIX)
