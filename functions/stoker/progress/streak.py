"""Streaks of consecutive days. Days are kept as runs, so that the order in which days are added does not matter."""

from collections.abc import Sequence
from datetime import date, timedelta

from stoker.models.user import MAX_RUNS, DayRun

ONE_DAY = timedelta(days=1)

KEPT_DAYS = 2 * MAX_RUNS
"""The number of days before the last active day for which runs are kept. Between two runs is at least a day, so at most
`MAX_RUNS` runs end in this time."""


def with_day(runs: Sequence[DayRun], day: str) -> list[DayRun]:
    """Add a day to the runs. The day extends a run, joins two runs, or becomes a run of its own.

    Args:
        runs: The runs, in order.
        day: Any day.

    Example:
        >>> runs = [DayRun(first="2027-01-01", last="2027-01-02"), DayRun(first="2027-01-04", last="2027-01-04")]
        >>> with_day(runs, "2027-01-03")
        [DayRun(first='2027-01-01', last='2027-01-04')]
    """
    near = _span(day)
    joined = [run for run in runs if run.last >= near[0] and run.first <= near[1]]
    first = min([day, *(run.first for run in joined)])
    last = max([day, *(run.last for run in joined)])
    others = [run for run in runs if run not in joined]
    return sorted([*others, DayRun(first=first, last=last)], key=lambda run: run.first)


def kept(runs: Sequence[DayRun]) -> list[DayRun]:
    """Return the runs that end in the last `KEPT_DAYS` days.

    The number of runs does not decide, because runs may be joined later.

    Args:
        runs: The runs, in order, at least one.
    """
    first = _first_kept_day(runs)
    return [run for run in runs if run.last >= first]


def length(run: DayRun) -> int:
    """Return the number of days in a run."""
    return (date.fromisoformat(run.last) - date.fromisoformat(run.first)).days + 1


def reaches_back(runs: Sequence[DayRun], day: str) -> bool:
    """Return whether a day may belong to a run that is not kept any more, so that the kept runs do not suffice.

    Args:
        runs: The runs that are kept, in order.
        day: Any day.
    """
    return bool(runs) and day <= _first_kept_day(runs)


def _first_kept_day(runs: Sequence[DayRun]) -> str:
    last = date.fromisoformat(runs[-1].last)
    return date.fromordinal(max(1, last.toordinal() - KEPT_DAYS + 1)).isoformat()


def _span(day: str) -> tuple[str, str]:
    """Return the day before and the day after."""
    middle = date.fromisoformat(day)
    before = middle - ONE_DAY if middle > date.min else middle
    after = middle + ONE_DAY if middle < date.max else middle
    return before.isoformat(), after.isoformat()
