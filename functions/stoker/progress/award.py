"""The award of XP for a completed task: once for each task, even if events come twice or the task is reopened.

`stoker.progress.xp` has the amounts.

First the completion is written to the ledger. The ledger has at most one completion for each task. Then all completions
of the user that are not counted yet are counted, in one commit with the progress. The commit fails if somebody has
written the profile since it was read. If several awards run at the same time, one of them counts all completions.
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
"""The most completions that are counted in one commit."""

TRIES = 30
"""The most tries to count, if others write the profile at the same time."""


def task_written(task_id: str, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
    """Award XP if a write has completed a task.

    Args:
        task_id: The id of the task.
        before: The fields of the document before the write; None if there was no document.
        after: The fields of the document after the write; None if the document was deleted.

    Raises:
        Unavailable: Others wrote the profile during all tries.
        google.api_core.exceptions.GoogleAPICallError: Firestore did not answer. The reconcile will award the XP later.
    """
    if after is None or after.get("status") != "completed":
        return
    if before is not None and before.get("status") == "completed":
        return  # The task was completed before, and its owner has got the XP.
    award(task_id, after)


def award(task_id: str, task: dict[str, Any]) -> bool:
    """Give the owner of a completed task the XP for it, unless the owner has got it already.

    Nothing happens if there is no profile. Either the user is being deleted, or the profile will be created later; then
    the reconcile awards the XP.

    Args:
        task_id: The id of the task.
        task: The fields of the task.

    Returns:
        Whether the completion is new.

    Raises:
        Unavailable: As `task_written`.
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
    # An old completion is counted too, because the process that wrote it may have died before it was counted.
    count(user_id, profile)
    # The completion is gone if the user was deleted meanwhile. Then no event is recorded.
    if new and entry(user_id, completion.id).get(["id"], **patience(reads=True)).exists:
        when = completion.completed_at
        record_event("task.completed", user_id, id=task_id, value=completion.minutes, occurred_at=when)
    return new


def write_entry(completion: Completion) -> bool:
    """Write a completion into the ledger, to be counted. Return whether it is new."""
    try:
        entry(completion.user_id, completion.id).create(completion.to_firestore(), **patience(reads=False))
    except exceptions.AlreadyExists:
        return False
    return True


def count(user_id: str, profile: DocumentSnapshot[Any] | None = None) -> int:
    """Count all completions of a user that are not counted yet, in the user's progress.

    Args:
        user_id: The uid of the user.
        profile: The profile, read before the completions; None to read it here.

    Returns:
        The number of completions that were counted.

    Raises:
        Unavailable: As `task_written`.
    """
    counted = 0
    while True:
        try:
            together = _count_together(user_id, profile)
        except exceptions.Aborted:
            raise Unavailable(
                f"The profile of {user_id} is written by others all the time, so the next reconcile counts its tasks."
            ) from None
        counted += together
        if together < MAX_PER_COMMIT:
            return counted
        profile = None


def _count_together(user_id: str, profile: DocumentSnapshot[Any] | None) -> int:
    """Count at most `MAX_PER_COMMIT` completions. Return their number."""

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
    """Return the last completion of a user; None if there is none.

    Args:
        profile: The user's profile, as it was read.
    """
    progress = stored_progress(profile)
    if progress is not None and progress.last is not None:
        return progress.last
    # The user's first completion may be in the ledger, but not counted yet.
    first = waiting(profile.id, 1)
    return later(None, first[0]) if first else None


def stored_progress(profile: DocumentSnapshot[Any]) -> Progress | None:
    """Return the progress in a profile; None if it is not valid."""
    try:
        return Progress.from_firestore((profile.to_dict() or {}).get("progress") or {})
    except (ValidationError, TypeError, ValueError):
        return None


def commit(profile: DocumentSnapshot[Any], progress: Progress, found: Sequence[Completion]) -> None:
    """Write the progress, and mark completions as counted, in one commit.

    Args:
        profile: The profile, as it was read.
        progress: The new progress.
        found: The completions that the new progress counts, at most `MAX_PER_COMMIT`.

    Raises:
        Conflict: Somebody has written the profile since it was read. Nothing was changed.
    """
    fields = {"progress": progress.to_firestore(), "updatedAt": SERVER_TIMESTAMP}
    counted = [Update(entry(completion.user_id, completion.id).path, {"counted": True}) for completion in found]
    FirestoreDocuments().commit([Update(profile.reference.path, fields, profile.update_time), *counted])


def _with(profile: DocumentSnapshot[Any], found: list[Completion]) -> Progress:
    return with_completions(
        stored_progress(profile), found, lambda: (one for one in entries(profile.id) if one.counted)
    )


def _forget(found: list[Completion]) -> None:
    """Delete the completions of a user who was deleted meanwhile."""
    for completion in found:
        entry(completion.user_id, completion.id).delete(**patience(reads=False))
