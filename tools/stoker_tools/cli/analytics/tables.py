"""Aggregates on a terminal: a line and a bar for each."""

import itertools
from collections.abc import Iterator, Sequence

from rich.bar import Bar
from rich.table import Table

from stoker.models.analytics import AnalyticsAggregate
from stoker_tools.cli.jobs.tables import console

WIDTH = 40
"""The length of the longest bar, in characters."""

HEADS = ("count", "users", "sum", "min", "max")
"""The heads of the columns of figures."""

FEWEST_JOINED = 3
"""The shortest run of times without events that becomes one line."""


def print_aggregates(title: str, aggregates: Sequence[AnalyticsAggregate], *, by_name: bool) -> None:
    """Print a line for each aggregate. Several times in a row without events become one line.

    Args:
        title: The title of the table.
        aggregates: The aggregates, in the order of the lines.
        by_name: True if each aggregate has another name, and not another time.
    """
    table = Table(box=None, pad_edge=False, header_style="bold", title=title, title_justify="left", title_style="bold")
    table.add_column("name" if by_name else "UTC", no_wrap=True)
    for column in HEADS:
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("", width=WIDTH)
    most = max((aggregate.count for aggregate in aggregates), default=0) or 1
    for label, aggregate in rows(aggregates, by_name=by_name):
        bar = Bar(most, 0, aggregate.count, width=WIDTH, color="cyan")
        table.add_row(label, *map(figure, cells(aggregate)), bar)
    console().print(table)
    if not aggregates:
        console().print("There are no events.")


def rows(aggregates: Sequence[AnalyticsAggregate], *, by_name: bool) -> Iterator[tuple[str, AnalyticsAggregate]]:
    """Yield the label and the aggregate of each line of a table.

    Args:
        aggregates: The aggregates, in the order of the lines.
        by_name: True if each aggregate has another name, and not another time.
    """
    for is_empty, group in itertools.groupby(aggregates, lambda aggregate: not by_name and aggregate.count == 0):
        members = list(group)
        if is_empty and len(members) >= FEWEST_JOINED:
            yield f"{members[0].bucket} to {members[-1].bucket}", members[0]
        else:
            yield from ((member.name if by_name else member.bucket, member) for member in members)


def cells(aggregate: AnalyticsAggregate) -> Sequence[float | str | None]:
    """Return the figures of an aggregate, in the order of `HEADS`."""
    valued = (aggregate.sum, aggregate.min, aggregate.max) if aggregate.min is not None else ("", "", "")
    return (aggregate.count, aggregate.unique_users, *valued)


def figure(number: float | str | None) -> str:
    """Return a number with at most ten digits."""
    return f"{number:,.10g}" if isinstance(number, int | float) else str(number or "")
