"""Days in a row. Days are kept as runs, so that the order in which they come to be known does not matter."""

from collections.abc import Sequence
from datetime import date, timedelta

from stoker.models.user import MAX_RUNS, DayRun

ONE_DAY = timedelta(days=1)


def with_day(runs: Sequence[DayRun], day: str) -> list[DayRun]:
    """The runs with one more day: it makes a run longer, joins two, or is one by itself.

    Args:
        runs: In order.
        day: Any.

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


def length(run: DayRun) -> int:
    """How many days a run has."""
    return (date.fromisoformat(run.last) - date.fromisoformat(run.first)).days + 1


def reaches_back(runs: Sequence[DayRun], day: str) -> bool:
    """Whether a day lies before all that is kept, so that the runs alone do not tell what it makes."""
    return len(runs) >= MAX_RUNS and day <= runs[0].first


def _span(day: str) -> tuple[str, str]:
    """The days before and after."""
    middle = date.fromisoformat(day)
    before = middle - ONE_DAY if middle > date.min else middle
    after = middle + ONE_DAY if middle < date.max else middle
    return before.isoformat(), after.isoformat()
