"""The computation of progress from completions. The same completions make the same progress, in any order."""

from collections.abc import Callable, Iterable, Sequence

from stoker.models.completion import Completion
from stoker.models.user import Progress
from stoker.progress.achievements import newly_achieved
from stoker.progress.daily import is_forgotten, with_xp
from stoker.progress.level import level_of
from stoker.progress.stats import with_completion
from stoker.progress.streak import kept, length, reaches_back, with_day
from stoker.progress.zone import later


def with_completions(
    progress: Progress | None, found: Sequence[Completion], counted: Callable[[], Iterable[Completion]]
) -> Progress:
    """Add completions to a progress. Compute it again from all completions if the stored progress does not suffice.

    Args:
        progress: The progress before; None if it is not valid.
        found: The new completions. The progress must not count any of them yet.
        counted: Returns the completions that the progress counts already.
    """
    if progress is not None and suffices(progress, found):
        return fold(progress, found)
    achievements = progress.achievements if progress is not None else []
    return fold(Progress(achievements=achievements), [*counted(), *found])


def fold(progress: Progress, completions: Iterable[Completion]) -> Progress:
    """Add completions to a progress.

    If the progress `suffices`, the figures do not depend on the order in which completions arrive. The time of an
    achievement does: it is the time of the completion that reached it first when the completions were added.

    Args:
        progress: The progress before.
        completions: The new completions. The progress must not count any of them yet.
    """
    # Sorted by day, so that no completion is added for a day that is not kept any more.
    for completion in sorted(completions, key=lambda one: (one.day, one.completed_at, one.id)):
        progress = _with_one(progress, completion)
    return progress


def suffices(progress: Progress, completions: Iterable[Completion]) -> bool:
    """Return whether the days that a progress keeps are enough to add completions to it.

    Args:
        progress: The progress before.
        completions: The new completions. The progress must not count any of them yet.
    """
    days = {completion.day for completion in completions}
    return not any(reaches_back(progress.active_days, day) or is_forgotten(progress.xp_days, day) for day in days)


def _with_one(progress: Progress, completion: Completion) -> Progress:
    xp_days, gained = progress.xp_days, completion.xp
    if completion.xp_a_day is not None:
        xp_days, gained = with_xp(xp_days, completion.day, completion.xp, completion.xp_a_day)
    xp = progress.xp + gained
    runs = with_day(progress.active_days, completion.day)
    new = Progress(
        level=level_of(xp),
        xp=xp,
        streak=length(runs[-1]),
        longest_streak=max(progress.longest_streak, *map(length, runs)),
        active_days=kept(runs),
        xp_days=xp_days,
        last=later(progress.last, completion),
        achievements=progress.achievements,
        stats=with_completion(progress.stats, completion),
    )
    return new.model_copy(update={"achievements": [*new.achievements, *newly_achieved(new, completion.completed_at)]})
