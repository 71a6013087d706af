"""Progress anew, from all that was ever completed: the tasks that are there, and the ledger, which outlives them."""

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
"""How long a commit may take with all of its tries: each reads a user's whole ledger."""


@dataclass(frozen=True)
class RebuiltProgress:
    """What a rebuild has found.

    Attributes:
        before: The progress that there was; None where it was not as it must be.
        after: The progress that there is now.
        completions: What it follows from.
        added: Of them, those that nobody knew of: of a task whose event was lost.
    """

    before: Progress | None
    after: Progress
    completions: int
    added: int

    @property
    def changed(self) -> bool:
        """Whether the figures were others."""
        return self.before != self.after


def rebuild(user_id: str, *, dry_run: bool = False) -> RebuiltProgress:
    """Compute a user's progress from the start.

    What a task was worth stays what it was, and an achievement that the user has got stays.

    Args:
        user_id: The user.
        dry_run: Whether to write nothing.

    Raises:
        UserNotFound: There is no such profile.
        Unavailable: Others write the profile all the time.
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
        raise Unavailable(
            f"The profile of {user_id} is written by others all the time. Try again in a moment."
        ) from None
    return rebuilt


def _rebuild(user_id: str, before: Progress | None, missing: int) -> RebuiltProgress | None:
    """Write the progress of all that is counted and of some that waits; return None if more waits."""
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
    """Those that are counted, and those that wait for it."""
    every = list(found)
    return [one for one in every if one.counted], [one for one in every if not one.counted]


def _profile(user_id: str) -> DocumentSnapshot[Any]:
    profile = profile_reference(user_id).get(**patience(reads=True))
    if not profile.exists:
        raise UserNotFound(f"There is no profile of {user_id}. Check the uid.")
    return profile


def _missing(profile: DocumentSnapshot[Any]) -> list[Completion]:
    """What the user has completed and not got."""
    known = {one.id for one in entries(profile.id)}
    time_zone, last = time_zone_of(profile.to_dict() or {}), last_completion(profile)
    tasks = pages(declared.tasks_of(profile.id, TaskFilter(status="completed")).select(FACTS))
    found = (completion_of(task.id, task.to_dict() or {}, time_zone, last) for task in tasks if task.id not in known)
    return [completion for completion in found if completion is not None]


def _from_start(before: Progress | None, completions: list[Completion]) -> Progress:
    return fold(Progress(achievements=before.achievements if before is not None else []), completions)
