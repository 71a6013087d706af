"""Aggregates on a terminal: a line and a bar for each."""

from collections.abc import Sequence

from rich.bar import Bar
from rich.table import Table

from stoker.models.analytics import AnalyticsAggregate
from stoker_tools.cli.jobs.tables import console

WIDTH = 40
"""Characters of the longest bar."""


def print_aggregates(title: str, aggregates: Sequence[AnalyticsAggregate], *, by_name: bool) -> None:
    """One line for each.

    Args:
        title: What they are.
        aggregates: In the order of the lines.
        by_name: Whether they differ by their names, and not by their time.
    """
    table = Table(box=None, pad_edge=False, header_style="bold", title=title, title_justify="left", title_style="bold")
    table.add_column("name" if by_name else "UTC", no_wrap=True)
    for column in ("count", "users", "sum", "min", "max"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("", width=WIDTH)
    most = max((one.count for one in aggregates), default=0) or 1
    for one in aggregates:
        figures = (one.count, one.unique_users, *((one.sum, one.min, one.max) if one.min is not None else ("",) * 3))
        label = one.name if by_name else one.bucket
        table.add_row(label, *map(figure, figures), Bar(most, 0, one.count, width=WIDTH, color="cyan"))
    console().print(table)
    if not aggregates:
        console().print("Nothing happened.")


def figure(number: float | str | None) -> str:
    """A number, with no more digits than someone reads."""
    return f"{number:,.10g}" if isinstance(number, int | float) else str(number or "")
