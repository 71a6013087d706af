"""A chart of aggregates as a picture."""

from pathlib import Path
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from stoker_tools.cli.analytics.panels import Chart, Panel, ticks

COLOURS = {"events": "#2a7f9e", "users": "#c8553d", "value": "#6a7b2f"}
LIGHT = 0.45
"""The opacity of the bar of an hour, day or month that has not ended."""


def draw_png(file: Path, title: str, chart: Chart) -> None:
    """Draw a chart into a PNG.

    Args:
        file: The file to write.
        title: The title of the chart.
        chart: The content of the chart.
    """
    drawn = _by_name(chart) if chart.by_name else _by_time(chart)
    drawn.suptitle(title, x=0.01, ha="left", fontsize=13, fontweight="bold")
    drawn.savefig(file, format="png", dpi=150)


def _by_time(chart: Chart) -> Figure:
    length = len(chart.aggregates)
    drawn = Figure(figsize=(10, 1 + 1.9 * len(chart.panels)), layout="constrained")
    rows = drawn.subplots(len(chart.panels), 1, sharex=True, squeeze=False)[:, 0]
    for axes, panel in zip(rows, chart.panels, strict=True):
        bars = axes.bar(range(length), [value or 0 for value in panel.values], color=COLOURS[panel.name], width=0.8)
        for bar, is_light in zip(bars, chart.unfinished, strict=True):
            bar.set_alpha(LIGHT if is_light else 1)
        _dress(axes, panel, "y")
    labels = ticks(chart.aggregates)
    bottom = rows[-1]
    bottom.set_xticks([tick.place for tick in labels], [f"{tick.label}\n{tick.context}" for tick in labels])
    bottom.set_xlim(-0.6, max(length, 1) - 0.4)
    bottom.set_xlabel(chart.note, loc="left", fontsize=9, color="#555555")
    return drawn


def _by_name(chart: Chart) -> Figure:
    length = len(chart.aggregates)
    drawn = Figure(figsize=(10, 1.2 + 0.35 * max(length, 2)), layout="constrained")
    columns = drawn.subplots(1, len(chart.panels), sharey=True, squeeze=False)[0]
    for axes, panel in zip(columns, chart.panels, strict=True):
        axes.barh(range(length), [value or 0 for value in panel.values], color=COLOURS[panel.name])
        _dress(axes, panel, "x")
    columns[0].set_yticks(range(length), [aggregate.name for aggregate in chart.aggregates])
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
