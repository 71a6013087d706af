"""The page of `stoker analytics report --html` in a browser."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from browser import evaluated
from stoker.models.analytics import AnalyticsAggregate
from stoker_tools.cli.analytics.chart_html import draw_html
from stoker_tools.cli.analytics.panels import chart_of

NOW = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)


ASKED = """
(() => {
  const charts = document.getElementById('charts');
  const bars = charts.querySelectorAll('svg.users .bar');
  const readout = () => document.getElementById('readout').textContent;
  const key = (name, shiftKey) => {
    charts.dispatchEvent(new KeyboardEvent('keydown', { key: name, shiftKey, bubbles: true, cancelable: true }));
    return readout();
  };
  const point = (kind, bar) => {
    const box = bar.getBoundingClientRect();
    const at = { clientX: box.left + box.width / 2, clientY: box.top, bubbles: true };
    bar.dispatchEvent(new PointerEvent(kind, at));
    return readout();
  };
  return [key('ArrowLeft'), key('ArrowLeft', true), point('pointermove', bars[0]),
    (point('pointerdown', bars[0]), point('pointermove', bars[2])),
    charts.querySelectorAll('.chosen').length];
})()
"""


@pytest.mark.slow
def test_a_reader_asks_the_page_for_figures_with_keys_and_with_the_pointer(tmp_path: Path) -> None:
    found = [
        AnalyticsAggregate(
            granularity="day",
            bucket=f"{NOW - timedelta(days=2 - number):%Y-%m-%d}",
            name="video.played",
            count=count,
            unique_users=count // 2,
            updated_at=NOW,
        )
        for number, count in enumerate((5, 0, 7))
    ]
    draw_html(tmp_path / "page.html", "video.played", chart_of(found, by_name=False, now=NOW))
    assert evaluated(tmp_path, "page.html", ASKED) == [
        "2026-11-22 (UTC): 7 events, 3 users",
        "2026-11-21 (UTC) to 2026-11-22 (UTC): 7 events",
        "2026-11-20 (UTC): 5 events, 2 users",
        "2026-11-20 (UTC) to 2026-11-22 (UTC): 12 events",
        6,
    ]


@pytest.mark.slow
def test_the_keys_of_a_page_without_bars_leave_the_hint(tmp_path: Path) -> None:
    draw_html(tmp_path / "page.html", "The most frequent events", chart_of([], by_name=True, now=NOW))
    press = "charts.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }))"
    assert evaluated(tmp_path, "page.html", f"({press}, readout.textContent)").startswith("Point at a bar")
