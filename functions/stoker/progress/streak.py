"""Days in a row. Days are kept as runs, so that the order in which they come to be known does not matter."""

from collections.abc import Sequence
from datetime import date, timedelta

from stoker.models.user import MAX_RUNS, DayRun

ONE_DAY = timedelta(days=1)

KEPT_DAYS = 2 * MAX_RUNS
"""Days, up to the last active day, of which the runs are kept. There is a day between two runs, so that no more than
`MAX_RUNS` runs end in so many days."""


def with_day(runs: Sequence[DayRun], day: str) -> list[DayRun]:
    """Return the runs with one more day: it makes a run longer, joins two, or is one by itself.

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


def kept(runs: Sequence[DayRun]) -> list[DayRun]:
    """Return the runs that end in the last `KEPT_DAYS` days.

    The last day alone decides, and not the number of runs: runs may join later, and then there are fewer.

    Args:
        runs: In order, at least one.
    """
    first = _first_kept_day(runs)
    return [run for run in runs if run.last >= first]


def length(run: DayRun) -> int:
    """How many days a run has."""
    return (date.fromisoformat(run.last) - date.fromisoformat(run.first)).days + 1


def reaches_back(runs: Sequence[DayRun], day: str) -> bool:
    """Return whether a day may join a run that is not kept, so that the kept runs do not suffice.

    Args:
        runs: Those that are kept, in order.
        day: Any.
    """
    return bool(runs) and day <= _first_kept_day(runs)


def _first_kept_day(runs: Sequence[DayRun]) -> str:
    last = date.fromisoformat(runs[-1].last)
    return date.fromordinal(max(1, last.toordinal() - KEPT_DAYS + 1)).isoformat()


def _span(day: str) -> tuple[str, str]:
    """Return the days before and after."""
    middle = date.fromisoformat(day)
    before = middle - ONE_DAY if middle > date.min else middle
    after = middle + ONE_DAY if middle < date.max else middle
    return before.isoformat(), after.isoformat()
