"""Progress from completions. No clock, no database: the same completions make the same progress, in any order."""

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
    """Return the progress with some completions more. All of them are counted anew if the progress does not suffice.

    Args:
        progress: Before; None if it is not as it must be.
        found: None of which is in it.
        counted: Returns the completions that are in it.
    """
    if progress is not None and suffices(progress, found):
        return fold(progress, found)
    achievements = progress.achievements if progress is not None else []
    return fold(Progress(achievements=achievements), [*counted(), *found])


def fold(progress: Progress, completions: Iterable[Completion]) -> Progress:
    """Return the progress with some completions more.

    All figures come out the same in whatever order completions arrive, if the progress `suffices`. The time of an
    achievement is that of the completion that made it so, as far as is known then.

    Args:
        progress: Before.
        completions: None of which is in it.
    """
    # By their days, so that a day that is no longer kept does not come again.
    for completion in sorted(completions, key=lambda one: (one.day, one.completed_at, one.id)):
        progress = _with_one(progress, completion)
    return progress


def suffices(progress: Progress, completions: Iterable[Completion]) -> bool:
    """Say whether what a progress keeps of days is enough to add some completions to it.

    Args:
        progress: Before.
        completions: None of which is in it.
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
