"""The charts of `stoker analytics report`."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from stoker.analytics.buckets import bucket_of, buckets_between
from stoker.models.analytics import AnalyticsAggregate, Granularity
from stoker_tools.cli.analytics.chart_html import draw_html
from stoker_tools.cli.analytics.panels import MOST_LABELS, chart_of, panels, ticks
from stoker_tools.cli.analytics.tables import print_aggregates, rows

NOW = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)


def aggregate(bucket: str, count: int = 0, granularity: Granularity = "day", **fields: Any) -> AnalyticsAggregate:
    name = fields.pop("name", "video.played")
    return AnalyticsAggregate(granularity=granularity, bucket=bucket, name=name, count=count, updated_at=NOW, **fields)


def days(*counts: int) -> list[AnalyticsAggregate]:
    """Aggregates of the days up to today, with two events of each user."""
    first = NOW - timedelta(days=len(counts) - 1)
    return [
        aggregate(bucket_of("day", first + timedelta(days=number)), count, unique_users=count // 2)
        for number, count in enumerate(counts)
    ]


def test_events_and_users_have_panels_of_their_own_with_totals() -> None:
    events, users = panels(days(400, 0, 1200), by_name=False)
    assert (events.title, list(events.values)) == ("Events: 1,600 in total", [400, 0, 1200])
    assert (users.title, list(users.values)) == ("Users, at most 600 in a day", [200, 0, 600])


def test_values_have_a_panel_if_there_are_any() -> None:
    found = [aggregate("2026-11-21", 2, sum=7.5, min=2.5, max=5.0), aggregate("2026-11-22", 1, sum=0.0)]
    panel = panels(found, by_name=False)[-1]
    assert panel.title == "Sum of values: 7.5 in total, from 2.5 to 5 per event"
    assert list(panel.values) == [7.5, None]
    assert "in total" not in panels(found, by_name=True)[-1].title, "each name may have a unit of its own"


@pytest.mark.parametrize(
    ("granularity", "length", "first"),
    [
        ("hour", timedelta(hours=5), "02:00 22 Nov"),
        ("hour", timedelta(hours=47), "09:00 20 Nov"),
        ("hour", timedelta(days=40), "20 Oct 2026"),
        ("day", timedelta(days=13), "9 Nov 2026"),
        ("day", timedelta(days=90), "24 Aug 2026"),
        ("day", timedelta(days=400), "Nov 2025"),
        ("month", timedelta(days=334), "Dec 2025"),
        ("month", timedelta(days=4000), "Jan 2016"),
    ],
)
def test_labels_are_few_short_and_name_the_larger_unit_once(
    granularity: Granularity, length: timedelta, first: str
) -> None:
    buckets = list(buckets_between(granularity, NOW - length, NOW))
    found = ticks([aggregate(bucket, granularity=granularity) for bucket in buckets])
    assert 2 <= len(found) <= MOST_LABELS
    assert all(len(tick.label) <= 5 for tick in found)
    assert f"{found[0].label} {found[0].context}" == first
    contexts = [tick.context for tick in found if tick.context]
    assert len(contexts) == len(set(contexts))


def test_times_without_events_become_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    found = days(5, 0, 0, 0, 0, 7, 0)
    labels = [label for label, _ in rows(found, by_name=False)]
    assert labels == ["2026-11-16", "2026-11-17 to 2026-11-20", "2026-11-21", "2026-11-22"]
    print_aggregates("video.played", found, by_name=False)
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert [line.split()[0] for line in lines[2:]] == ["2026-11-16", "2026-11-17", "2026-11-21", "2026-11-22"]


def test_the_page_needs_no_network_and_holds_every_figure(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    draw_html(page, "<b>video.played</b>", chart_of(days(5, 0, 7), by_name=False, now=NOW))
    text = page.read_text()
    assert not re.findall(r"(?:src|href)=|https?://|@import", text)
    assert "&lt;b&gt;video.played&lt;/b&gt;" in text
    assert "Times are in UTC. The day of the lighter bars has not ended." in text
    assert text.count('class="bar light"') == 2, "today, in both panels"
    data = json.loads(re.findall(r'id="data">(.*)</script>', text)[0])
    assert data["labels"] == ["2026-11-20 (UTC)", "2026-11-21 (UTC)", "2026-11-22 (UTC)"]
    assert [panel["values"] for panel in data["panels"]] == [[5, 0, 7], [2, 0, 3]]


@pytest.mark.parametrize("by_name", [False, True])
@pytest.mark.parametrize("counts", [(), (0,), (3,), (0, 0, 0, 0), (1, 10**9)], ids=str)
def test_every_page_is_drawn(counts: tuple[int, ...], by_name: bool, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    draw_html(page, "video.played", chart_of(days(*counts), by_name=by_name, now=NOW))
    text = page.read_text()
    assert text.count("<svg") == 2
    assert "nan" not in text
    assert text.count('<rect class="bar') == 2 * len(counts)


@pytest.mark.parametrize("total", [1e-308, 5e-324, -5e-324, 1e-12, 1e12, -1e15], ids=repr)
def test_a_page_is_drawn_of_sums_of_every_size(total: float, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    found = [*days(0, 3), aggregate("2026-11-23", 1, unique_users=1, sum=total, min=total, max=total)]
    draw_html(page, "video.played", chart_of(found, by_name=False, now=NOW))
    text = page.read_text()
    assert text.count("<svg") == 3
    assert "nan" not in text


@pytest.mark.slow
def test_every_picture_is_drawn(tmp_path: Path) -> None:
    from stoker_tools.cli.analytics.chart_png import draw_png

    valued = [*days(0, 400), aggregate("2026-11-22", 2, unique_users=1, sum=-7.5, min=-5.0, max=-2.5)]
    tiny = [aggregate("2026-11-22", 1, unique_users=1, sum=1e-308, min=1e-308, max=1e-308)]
    for number, found in enumerate([[], days(0, 0), days(5, 0, 7), valued, tiny]):
        for by_name in (False, True):
            picture = tmp_path / f"{number}-{by_name}.png"
            draw_png(picture, "video.played", chart_of(found, by_name=by_name, now=NOW))
            assert picture.read_bytes().startswith(b"\x89PNG")
