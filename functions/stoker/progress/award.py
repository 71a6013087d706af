"""A task is completed: its owner gets XP for it, once, whatever is delivered twice or changed to and fro.

First the completion is written, which there can be only one of for each task. Then all completions of the user that are
not counted yet are counted, in one commit with the progress, on the condition that nobody has written the profile since
it was read. Of many at the same time one succeeds, and has counted the others' too.
"""

from collections.abc import Sequence
from typing import Any

from google.api_core import exceptions
from google.cloud.firestore import SERVER_TIMESTAMP
from google.cloud.firestore_v1 import DocumentSnapshot
from pydantic import ValidationError

from stoker.accounts.profile import profile_reference
from stoker.analytics.record import record_event
from stoker.errors import Unavailable
from stoker.firestore import raw
from stoker.firestore.deadline import patience
from stoker.firestore.documents import FirestoreDocuments
from stoker.firestore.optimistic import until_written
from stoker.firestore.writes import Update
from stoker.models.completion import Completion
from stoker.models.user import LastCompletion, Progress
from stoker.progress.fold import with_completions
from stoker.progress.ledger import completion_of, entries, entry, time_zone_of, waiting
from stoker.progress.zone import later

MAX_PER_COMMIT = 200
"""Completions that are counted in one commit."""

TRIES = 30
"""How often it is begun again because someone has written the profile at the same time."""


def task_written(task_id: str, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
    """What follows from the writing of a task.

    Args:
        task_id: The document's id.
        before: Its fields; None where there was none.
        after: The same.

    Raises:
        Unavailable: Others write the profile all the time.
        google.api_core.exceptions.GoogleAPICallError: Firestore did not answer. The reconcile will see to it.
    """
    if after is None or after.get("status") != "completed":
        return
    if before is not None and before.get("status") == "completed":
        return  # it was done before, and its owner has got what there is for it
    award(task_id, after)


def award(task_id: str, task: dict[str, Any]) -> bool:
    """Give the owner of a completed task what there is for it, if the owner has not got it.

    Without a profile there is nobody to give it to: a user who is being deleted, or one whose profile will be made, and
    who gets it then by the reconcile.

    Args:
        task_id: The document's id.
        task: Its fields.

    Returns:
        Whether the owner had not got it.

    Raises:
        As `task_written`.
    """
    user_id = task.get("userId")
    if not isinstance(user_id, str) or not raw.possible_id(user_id):
        return False
    profile = profile_reference(user_id).get(**patience(reads=True))
    if not profile.exists:
        return False
    completion = completion_of(task_id, task, time_zone_of(profile.to_dict() or {}), last_completion(profile))
    if completion is None:
        return False
    new = write_entry(completion)
    # Also where it was there: the one who wrote it may have died before it was counted.
    count(user_id, profile)
    # Unless the user has been deleted meanwhile.
    if new and entry(user_id, completion.id).get(["id"], **patience(reads=True)).exists:
        when = completion.completed_at
        record_event("task.completed", user_id, id=task_id, value=completion.minutes, occurred_at=when)
    return new


def write_entry(completion: Completion) -> bool:
    """Write a completion into the ledger, to be counted; returns whether it was not there."""
    try:
        entry(completion.user_id, completion.id).create(completion.to_firestore(), **patience(reads=False))
    except exceptions.AlreadyExists:
        return False
    return True


def count(user_id: str, profile: DocumentSnapshot[Any] | None = None) -> int:
    """Bring all completions of a user that are not counted yet into the progress.

    Args:
        user_id: The user.
        profile: As it was before the completions were looked for, where it is known.

    Returns:
        How many there were.

    Raises:
        As `task_written`.
    """
    counted = 0
    while True:
        try:
            together = _count_together(user_id, profile)
        except exceptions.Aborted:
            raise Unavailable(f"The profile of {user_id} is written by others all the time.") from None
        counted += together
        if together < MAX_PER_COMMIT:
            return counted
        profile = None


def _count_together(user_id: str, profile: DocumentSnapshot[Any] | None) -> int:
    """Bring at most `MAX_PER_COMMIT` completions into the progress; return how many there were."""

    def read_profile() -> DocumentSnapshot[Any]:
        nonlocal profile
        profile = profile_reference(user_id).get(**patience(reads=True))
        return profile

    def attempt() -> int:
        before = profile or read_profile()
        found = waiting(user_id, MAX_PER_COMMIT)
        if found and not before.exists:
            _forget(found)
            return 0
        if found:
            commit(before, _with(before, found), found)
        return len(found)

    return until_written(attempt, read_again=read_profile, tries=TRIES)


def last_completion(profile: DocumentSnapshot[Any]) -> LastCompletion | None:
    """Find the last completion of a user; None if there is none.

    Args:
        profile: The user's, as it was read.
    """
    progress = stored_progress(profile)
    if progress is not None and progress.last is not None:
        return progress.last
    # The first one may be written and not counted yet.
    first = waiting(profile.id, 1)
    return later(None, first[0]) if first else None


def stored_progress(profile: DocumentSnapshot[Any]) -> Progress | None:
    """Return the progress that a profile has; None where it is not as it must be."""
    try:
        return Progress.from_firestore((profile.to_dict() or {}).get("progress") or {})
    except (ValidationError, TypeError, ValueError):
        return None


def commit(profile: DocumentSnapshot[Any], progress: Progress, found: Sequence[Completion]) -> None:
    """Write a progress, and that some completions are in it.

    Args:
        profile: As it was read.
        progress: The new one.
        found: What is counted by that, at most `MAX_PER_COMMIT`.

    Raises:
        Conflict: Someone has written the profile since. Nothing was changed.
    """
    fields = {"progress": progress.to_firestore(), "updatedAt": SERVER_TIMESTAMP}
    counted = [Update(entry(completion.user_id, completion.id).path, {"counted": True}) for completion in found]
    FirestoreDocuments().commit([Update(profile.reference.path, fields, profile.update_time), *counted])


def _with(profile: DocumentSnapshot[Any], found: list[Completion]) -> Progress:
    return with_completions(
        stored_progress(profile), found, lambda: (one for one in entries(profile.id) if one.counted)
    )


def _forget(found: list[Completion]) -> None:
    """Of a user who was deleted in between, nothing stays."""
    for completion in found:
        entry(completion.user_id, completion.id).delete(**patience(reads=False))
