"""The content of a chart: panels of events, users and values, each with an axis of its own. Nothing is drawn here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from stoker.analytics.buckets import bucket_of, start_of
from stoker.models.analytics import AnalyticsAggregate, Granularity
from stoker_tools.cli.analytics.tables import figure

Aggregates = Sequence[AnalyticsAggregate]

TIME_ZONE: Final = "UTC"
"""The time zone of all aggregates."""

MOST_LABELS: Final = 16
"""The most labels on the axis of time."""

STEPS: Final[dict[Granularity, tuple[int, ...]]] = {
    "hour": (1, 2, 3, 6, 12),
    "day": (1, 2, 7, 14),
    "month": (1, 2, 3, 6, 12, 120),
}
"""The distances between labels, in hours, days or months. The first that needs few enough labels is taken."""


@dataclass(frozen=True)
class Panel:
    """A small chart with an axis of its own.

    Attributes:
        name: `events`, `users` or `value`.
        title: The name, with the total.
        values: A value for each aggregate, in their order; None if there is none.
    """

    name: str
    title: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Tick:
    """A label on the axis of time.

    Attributes:
        place: The number of the aggregate, from 0.
        label: The label, such as `22`.
        context: The larger unit of time, such as `Nov 2026`; empty if it is the same as before.
    """

    place: int
    label: str
    context: str


@dataclass(frozen=True)
class Chart:
    """The content of a chart. `draw_html` and `draw_png` draw it.

    Attributes:
        aggregates: The aggregates, in their order.
        by_name: True if each aggregate has another name, and not another time.
        panels: The panels. Each has a value for each aggregate.
        unfinished: A flag for each aggregate: True if its hour, day or month has not ended. Its bar is lighter.
        note: The time zone, and the reason for lighter bars; empty if each aggregate has another name.
    """

    aggregates: Aggregates
    by_name: bool
    panels: Sequence[Panel]
    unfinished: Sequence[bool]
    note: str


def chart_of(aggregates: Aggregates, *, by_name: bool, now: datetime | None = None) -> Chart:
    """Return the content of a chart of some aggregates.

    Args:
        aggregates: The aggregates, in their order.
        by_name: True if each aggregate has another name, and not another time.
        now: The present time; None for the time of the clock.
    """
    present = now or datetime.now(UTC)
    unfinished = [not by_name and _is_unfinished(aggregate, present) for aggregate in aggregates]
    lighter = f" The {_unit(aggregates)} of the lighter bars has not ended." if any(unfinished) else ""
    note = "" if by_name else f"Times are in {TIME_ZONE}.{lighter}"
    return Chart(aggregates, by_name, panels(aggregates, by_name=by_name), unfinished, note)


def panels(aggregates: Aggregates, *, by_name: bool) -> list[Panel]:
    """Return the panels for some aggregates. The panel of values is left out if no event has a value.

    Args:
        aggregates: The aggregates, in their order.
        by_name: True if each aggregate has another name, and not another time.
    """
    counts = [aggregate.count for aggregate in aggregates]
    users = [aggregate.unique_users for aggregate in aggregates]
    # The users of several days can't be added up, because a user may come on each of them.
    most = "" if by_name else f", at most {max(users, default=0):,} in {_article(aggregates)}"
    found = [
        Panel("events", f"Events: {sum(counts):,} in total", counts),
        Panel("users", f"Users{most}", users),
    ]
    valued = [aggregate for aggregate in aggregates if aggregate.min is not None]
    if valued:
        values = [None if aggregate.min is None else aggregate.sum for aggregate in aggregates]
        least = min(aggregate.min for aggregate in valued if aggregate.min is not None)
        greatest = max(aggregate.max for aggregate in valued if aggregate.max is not None)
        # Each name may have a unit of its own, so the values of different names are not added up.
        total = "" if by_name else f" {figure(sum(aggregate.sum or 0 for aggregate in valued))} in total,"
        title = f"Sum of values:{total} from {figure(least)} to {figure(greatest)} per event"
        found.append(Panel("value", title, values))
    return found


def ticks(aggregates: Aggregates) -> list[Tick]:
    """Return the labels of the axis of time: few enough to stand side by side, without slant.

    Args:
        aggregates: Aggregates of one granularity, in the order of time.
    """
    if not aggregates:
        return []
    starts = [start_of(aggregate.granularity, aggregate.bucket) for aggregate in aggregates]
    units = list(STEPS)[list(STEPS).index(aggregates[0].granularity) :]
    for unit, step in [(larger, distance) for larger in units for distance in STEPS[larger]]:
        places = [place for place, start in enumerate(starts) if _is_labelled(start, unit, step, starts[0])]
        if 0 < len(places) <= MOST_LABELS:
            break
    found: list[Tick] = []
    last = ""
    for place in places:
        label, context = _label(starts[place], unit)
        found.append(Tick(place, label, "" if context == last else context))
        last = context
    return found


def _is_unfinished(aggregate: AnalyticsAggregate, now: datetime) -> bool:
    """Return whether the hour, day or month of an aggregate has not ended yet."""
    return aggregate.bucket == bucket_of(aggregate.granularity, now.astimezone(UTC))


def _is_labelled(start: datetime, unit: Granularity, step: int, first: datetime) -> bool:
    match unit:
        case "hour":
            return start.hour % step == 0
        case "day":
            return start.hour == 0 and (start.date() - first.date()).days % step == 0
        case "month":
            return (start.day, start.hour) == (1, 0) and (start.year * 12 + start.month - 1) % step == 0


def _label(start: datetime, unit: Granularity) -> tuple[str, str]:
    match unit:
        case "hour":
            return f"{start:%H:%M}", f"{start.day} {start:%b}"
        case "day":
            return str(start.day), f"{start:%b %Y}"
        case "month":
            return f"{start:%b}", f"{start:%Y}"


def _unit(aggregates: Aggregates) -> Granularity:
    return aggregates[0].granularity if aggregates else "day"


def _article(aggregates: Aggregates) -> str:
    unit = _unit(aggregates)
    return f"an {unit}" if unit == "hour" else f"a {unit}"
