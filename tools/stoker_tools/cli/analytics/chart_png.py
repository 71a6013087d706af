"""Aggregates as a picture."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from stoker.models.analytics import AnalyticsAggregate
from stoker_tools.cli.analytics.panels import TIME_ZONE, Panel, is_unfinished, panels, ticks

COLOURS = {"events": "#2a7f9e", "users": "#c8553d", "value": "#6a7b2f"}
LIGHT = 0.45
"""The opacity of the bar of an hour, day or month that has not ended."""

Aggregates = Sequence[AnalyticsAggregate]


def draw_png(file: Path, title: str, aggregates: Aggregates, *, by_name: bool, now: datetime | None = None) -> None:
    """Draw events, users and values into a PNG, each on an axis of its own.

    Args:
        file: The file to write.
        title: The title of the chart.
        aggregates: The aggregates, in their order.
        by_name: Whether each aggregate has another name, and not another time.
        now: The present time. The bar of an hour, day or month that has not ended is lighter.
    """
    shown = panels(aggregates, by_name=by_name)
    drawn = _by_name(shown, aggregates) if by_name else _by_time(shown, aggregates, now or datetime.now(UTC))
    drawn.suptitle(title, x=0.01, ha="left", fontsize=13, fontweight="bold")
    drawn.savefig(file, format="png", dpi=150)


def _by_time(shown: Sequence[Panel], aggregates: Aggregates, now: datetime) -> Figure:
    drawn = Figure(figsize=(10, 1 + 1.9 * len(shown)), layout="constrained")
    rows = drawn.subplots(len(shown), 1, sharex=True, squeeze=False)[:, 0]
    unfinished = [is_unfinished(aggregate, now) for aggregate in aggregates]
    for axes, panel in zip(rows, shown, strict=True):
        bars = axes.bar(
            range(len(aggregates)), [value or 0 for value in panel.values], color=COLOURS[panel.name], width=0.8
        )
        for bar, is_light in zip(bars, unfinished, strict=True):
            bar.set_alpha(LIGHT if is_light else 1)
        _dress(axes, panel, "y")
    labels = ticks(aggregates)
    bottom = rows[-1]
    bottom.set_xticks([tick.place for tick in labels], [f"{tick.label}\n{tick.context}" for tick in labels])
    bottom.set_xlim(-0.6, max(len(aggregates), 1) - 0.4)
    unit = aggregates[0].granularity if aggregates else "day"
    note = f" The {unit} of the lighter bars has not ended." if any(unfinished) else ""
    bottom.set_xlabel(f"Times are in {TIME_ZONE}.{note}", loc="left", fontsize=9, color="#555555")
    return drawn


def _by_name(shown: Sequence[Panel], aggregates: Aggregates) -> Figure:
    drawn = Figure(figsize=(10, 1.2 + 0.35 * max(len(aggregates), 2)), layout="constrained")
    columns = drawn.subplots(1, len(shown), sharey=True, squeeze=False)[0]
    for axes, panel in zip(columns, shown, strict=True):
        axes.barh(range(len(aggregates)), [value or 0 for value in panel.values], color=COLOURS[panel.name])
        _dress(axes, panel, "x")
    columns[0].set_yticks(range(len(aggregates)), [aggregate.name for aggregate in aggregates])
    columns[0].invert_yaxis()
    return drawn


def _dress(axes: Axes, panel: Panel, axis: Literal["x", "y"]) -> None:
    axes.set_title(panel.title, loc="left", fontsize=10)
    along = axes.yaxis if axis == "y" else axes.xaxis
    # Half an event or half a user does not exist. Values may be fractions.
    along.set_major_locator(MaxNLocator(nbins=4, integer=panel.name != "value"))
    along.set_major_formatter(StrMethodFormatter("{x:,.10g}"))
    values = [value or 0 for value in panel.values]
    if not any(values):
        (axes.set_ylim if axis == "y" else axes.set_xlim)(0, 1)
    axes.grid(axis=axis, alpha=0.3)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
