"""A chart of aggregates as a page: one file that needs no network. A reader points at bars, or selects a time."""

import html
import json
import string
from collections.abc import Sequence
from pathlib import Path

from stoker_tools.cli.analytics.panels import TIME_ZONE, Aggregates, Chart, Panel, ticks
from stoker_tools.cli.analytics.tables import HEADS, cells, figure, rows

PAGE = Path(__file__).with_name("page.html")

WIDTH, HEIGHT, LEFT, TOP = 960, 150, 70, 26
"""The size of a panel, and the room for the numbers at its left and for its title, in pixels."""

ROOM = WIDTH - LEFT - 10
"""The width of the bars of a panel, in pixels."""

BAR_HEIGHT = 26
"""The height of the bar of a name, with the space below it, in pixels."""

LEAST_STEP = 1e-300
"""The least distance of marks. The power of ten of a smaller distance can't be computed. Smaller bars are not seen."""


def draw_html(file: Path, title: str, chart: Chart) -> None:
    """Draw a chart into a page, with a table of all figures.

    Args:
        file: The file to write.
        title: The title of the page.
        chart: The content of the chart.
    """
    draw = _across if chart.by_name else _along
    data = {
        "labels": [
            aggregate.name if chart.by_name else f"{aggregate.bucket} ({TIME_ZONE})" for aggregate in chart.aggregates
        ],
        "panels": [{"name": panel.name, "values": list(panel.values)} for panel in chart.panels],
        "byName": chart.by_name,
    }
    file.write_text(
        string.Template(PAGE.read_text()).substitute(
            title=html.escape(title),
            note=chart.note,
            charts="\n".join(draw(panel, chart) for panel in chart.panels),
            # A name in the data must not end the script.
            data=json.dumps(data).replace("<", "\\u003c"),
            table=_table(chart.aggregates, by_name=chart.by_name),
        ),
        encoding="utf-8",
    )


def _along(panel: Panel, chart: Chart) -> str:
    """Return a panel with a bar for each time."""
    step = ROOM / max(len(panel.values), 1)
    scale = _Scale(panel.values)
    parts = [
        f'<line x1="{LEFT}" x2="{WIDTH - 10}" y1="{_y(scale, mark):.1f}" y2="{_y(scale, mark):.1f}"/>'
        f'<text class="number" x="{LEFT - 8}" y="{_y(scale, mark) + 4:.1f}">{figure(mark)}</text>'
        for mark in scale.marks
    ]
    for place, value in enumerate(panel.values):
        top, bottom = sorted((_y(scale, value or 0), _y(scale, 0)))
        kind = "light" if chart.unfinished[place] else ""
        parts.append(
            f'<rect class="bar {kind}" x="{LEFT + place * step + step * 0.1:.1f}" y="{top:.1f}" '
            f'width="{step * 0.8:.1f}" height="{bottom - top:.1f}"/>'
        )
    for tick in ticks(chart.aggregates):
        x = LEFT + (tick.place + 0.5) * step
        parts.append(f'<text class="tick" x="{x:.1f}" y="{TOP + HEIGHT + 16}">{html.escape(tick.label)}</text>')
        if tick.context:
            parts.append(f'<text class="tick" x="{x:.1f}" y="{TOP + HEIGHT + 31}">{html.escape(tick.context)}</text>')
    return _svg(panel, TOP + HEIGHT + 38, parts)


def _across(panel: Panel, chart: Chart) -> str:
    """Return a panel with a bar for each name."""
    names = [aggregate.name for aggregate in chart.aggregates]
    left = 20 + 8 * max(map(len, names), default=0)
    greatest = max((abs(value or 0) for value in panel.values), default=0) or 1
    parts = []
    for place, (name, value) in enumerate(zip(names, panel.values, strict=True)):
        y, width = TOP + place * BAR_HEIGHT, (WIDTH - left - 110) * abs(value or 0) / greatest
        parts.append(
            f'<text class="number" x="{left - 8}" y="{y + 15}">{html.escape(name)}</text>'
            f'<rect class="bar" x="{left}" y="{y}" width="{width:.1f}" height="{BAR_HEIGHT - 6}"/>'
            f'<text class="value" x="{left + width + 6:.1f}" y="{y + 15}">{figure(value)}</text>'
        )
    return _svg(panel, TOP + len(names) * BAR_HEIGHT + 6, parts)


def _svg(panel: Panel, height: int, parts: Sequence[str]) -> str:
    title = html.escape(panel.title)
    return (
        f'<svg class="{panel.name}" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{title}">'
        f'<text class="title" x="0" y="14">{title}</text>{"".join(parts)}</svg>'
    )


class _Scale:
    """The axis of a panel, from its least to its greatest mark. It holds zero.

    Args:
        values: The values of the panel.
    """

    def __init__(self, values: Sequence[float | None]) -> None:
        heights = [0, *(value or 0 for value in values)]
        least, greatest = min(heights), max(heights)
        step = _step(max((greatest - least) / 4, LEAST_STEP) if greatest > least else 1)
        first, last = int(least // step), -int(-greatest // step)
        self.marks = [number * step for number in range(first, max(last, first + 1) + 1)]


def _step(rough: float) -> float:
    """Return the distance of round marks: 1, 2 or 5 times a power of ten.

    Args:
        rough: The least distance.
    """
    power = 10.0 ** (len(f"{int(rough)}") - 1) if rough >= 1 else 10.0 ** -len(f"{int(1 / rough)}")
    return next(power * factor for factor in (1, 2, 5, 10, 20) if power * factor >= rough)


def _y(scale: _Scale, value: float) -> float:
    least, greatest = scale.marks[0], scale.marks[-1]
    return TOP + HEIGHT * (1 - (value - least) / (greatest - least))


def _table(aggregates: Aggregates, *, by_name: bool) -> str:
    heads = "".join(f"<th>{html.escape(head)}</th>" for head in ("name" if by_name else TIME_ZONE, *HEADS))
    lines = (
        "<tr>" + "".join(f"<td>{html.escape(figure(cell))}</td>" for cell in (label, *cells(one))) + "</tr>"
        for label, one in rows(aggregates, by_name=by_name)
    )
    return f"<table><tr>{heads}</tr>\n{chr(10).join(lines)}\n</table>"
