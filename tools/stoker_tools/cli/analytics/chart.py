"""Aggregates as a picture and as a page."""

import html
import io
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from stoker.models.analytics import AnalyticsAggregate
from stoker_tools.cli.analytics.tables import figure

MOST_LABELS = 16
"""Beyond so many, only some of the bars are labelled."""


def draw_png(file: Path, title: str, aggregates: Sequence[AnalyticsAggregate], *, by_name: bool) -> None:
    """Draws bars of counts, with a line of users above, into a PNG.

    Args:
        file: Where to.
        title: What they are.
        aggregates: From left to right.
        by_name: Whether they differ by their names, and not by their time.
    """
    _figure(title, aggregates, by_name=by_name).savefig(file, format="png", dpi=150)


def draw_html(file: Path, title: str, aggregates: Sequence[AnalyticsAggregate], *, by_name: bool) -> None:
    """The same, as a page of its own with all the figures below: no script, and nothing that is loaded."""
    drawing = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none"}):
        _figure(title, aggregates, by_name=by_name).savefig(drawing, format="svg")
    svg = drawing.getvalue()
    heads = ("name" if by_name else "UTC", "count", "users", "sum", "min", "max")
    lines = [
        (
            _label(one, by_name),
            one.count,
            one.unique_users,
            *((one.sum, one.min, one.max) if one.min is not None else ()),
        )
        for one in aggregates
    ]
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{html.escape(figure(cell))}</td>" for cell in line) + "</tr>" for line in lines
    )
    file.write_text(
        f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{html.escape(title)}</title>
<style>
body {{ font: 14px sans-serif; margin: 2em; }} svg {{ max-width: 100%; height: auto; }}
td, th {{ text-align: right; padding: 2px 1em 2px 0; }} td:first-child, th:first-child {{ text-align: left; }}
</style>
{svg[svg.index("<svg") :]}
<table><tr>{"".join(f"<th>{head}</th>" for head in heads)}</tr>
{rows}
</table></html>
"""
    )


def _figure(title: str, aggregates: Sequence[AnalyticsAggregate], *, by_name: bool) -> Figure:
    drawn = Figure(figsize=(10, 4.5), layout="constrained")
    axes = drawn.subplots()
    places = range(len(aggregates))
    axes.bar(places, [one.count for one in aggregates], color="#4c9bb0", label="events")
    users = axes.plot(places, [one.unique_users for one in aggregates], color="#d1495b", marker=".", label="users")
    users[0].set_linestyle("none" if by_name else "solid")
    step = -(-len(aggregates) // MOST_LABELS) or 1
    axes.set_xticks(list(places)[::step], [_label(one, by_name) for one in aggregates][::step], rotation=30, ha="right")
    axes.set_title(title)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))  # nobody plays half a film
    axes.grid(axis="y", alpha=0.3)
    axes.legend()
    return drawn


def _label(one: AnalyticsAggregate, by_name: bool) -> str:
    return one.name if by_name else one.bucket
