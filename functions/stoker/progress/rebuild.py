"""The rebuild of a user's progress from the tasks that exist, and from the ledger, which also has deleted tasks."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from google.api_core.exceptions import Aborted
from google.cloud.firestore_v1 import DocumentSnapshot

from stoker.accounts.profile import profile_reference
from stoker.errors import Unavailable, UserNotFound
from stoker.firestore.deadline import patience
from stoker.firestore.optimistic import until_written
from stoker.models.batch import TaskFilter
from stoker.models.completion import Completion
from stoker.models.user import Progress
from stoker.progress.award import MAX_PER_COMMIT, TRIES, commit, last_completion, stored_progress, write_entry
from stoker.progress.fold import fold
from stoker.progress.ledger import FACTS, completion_of, entries, pages, time_zone_of
from stoker.queries import declared

SECONDS = 600.0
"""The longest time of a commit with all its tries, in seconds. Each try reads the user's whole ledger."""


@dataclass(frozen=True)
class RebuiltProgress:
    """The result of a rebuild.

    Attributes:
        before: The progress before; None if it was not valid.
        after: The progress now.
        completions: The number of completions that the progress counts.
        added: The number of completions that were missing in the ledger, because the event of their task was lost.
    """

    before: Progress | None
    after: Progress
    completions: int
    added: int

    @property
    def changed(self) -> bool:
        """Return whether the rebuild has changed the progress."""
        return self.before != self.after


def rebuild(user_id: str, *, dry_run: bool = False) -> RebuiltProgress:
    """Compute a user's progress from the start.

    The XP of tasks that are in the ledger do not change. The user keeps all achievements.

    Args:
        user_id: The uid of the user.
        dry_run: Whether to compute only, and write nothing.

    Raises:
        UserNotFound: There is no such profile.
        Unavailable: Others wrote the profile during all tries.
    """
    first = _profile(user_id)
    before = stored_progress(first)
    missing = _missing(first)
    if dry_run:
        all_of_them = [*entries(user_id), *missing]
        return RebuiltProgress(before, _from_start(before, all_of_them), len(all_of_them), len(missing))
    for completion in missing:
        write_entry(completion)
    rebuilt = None
    try:
        while rebuilt is None:
            rebuilt = until_written(lambda: _rebuild(user_id, before, len(missing)), tries=TRIES, seconds=SECONDS)
    except Aborted:
        raise Unavailable(f"The profile of {user_id} is written by others all the time.") from None
    return rebuilt


def _rebuild(user_id: str, before: Progress | None, missing: int) -> RebuiltProgress | None:
    """Write the progress of all counted completions and of a part of the others. Return None if some are left."""
    profile = _profile(user_id)
    counted, waiting = _divided(entries(user_id))
    now = waiting[:MAX_PER_COMMIT]
    after = _from_start(stored_progress(profile) or before, [*counted, *now])
    if now or after != stored_progress(profile):
        commit(profile, after, now)
    if len(now) < len(waiting):
        return None
    return RebuiltProgress(before, after, len(counted) + len(now), missing)


def _divided(found: Iterable[Completion]) -> tuple[list[Completion], list[Completion]]:
    """Divide completions into those that are counted, and those that are not."""
    every = list(found)
    return [one for one in every if one.counted], [one for one in every if not one.counted]


def _profile(user_id: str) -> DocumentSnapshot[Any]:
    profile = profile_reference(user_id).get(**patience(reads=True))
    if not profile.exists:
        raise UserNotFound(f"There is no profile of {user_id}. Check the uid.")
    return profile


def _missing(profile: DocumentSnapshot[Any]) -> list[Completion]:
    """Return the completions of the user's tasks that the ledger does not have."""
    known = {one.id for one in entries(profile.id)}
    time_zone, last = time_zone_of(profile.to_dict() or {}), last_completion(profile)
    tasks = pages(declared.tasks_of(profile.id, TaskFilter(status="completed")).select(FACTS))
    found = (completion_of(task.id, task.to_dict() or {}, time_zone, last) for task in tasks if task.id not in known)
    return [completion for completion in found if completion is not None]


def _from_start(before: Progress | None, completions: list[Completion]) -> Progress:
    return fold(Progress(achievements=before.achievements if before is not None else []), completions)
