"""The reading and writing of aggregates in Firestore. A write is refused if somebody else has written the aggregate."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stoker import config
from stoker.analytics.bucket_tally import Tally
from stoker.analytics.buckets import Key
from stoker.analytics.user_sketch import UserSketch
from stoker.firestore import raw
from stoker.firestore.client import client
from stoker.firestore.messages import plain, unchanged_since, written
from stoker.logs import JobLog
from stoker.models.analytics import ALL, AnalyticsAggregate


@dataclass
class StoredAggregate:
    """An aggregate as it was last read or written.

    Attributes:
        tally: The figures.
        update_times: The update times of its document and of its sketch's document; None for a missing document.
    """

    tally: Tally
    update_times: list[Any | None]


class Aggregates:
    """A cache of aggregates. As long as nobody else writes them, each aggregate is read only once."""

    def __init__(self) -> None:
        self._stored: dict[Key, StoredAggregate] = {}

    def writes(self, added: Mapping[Key, Tally], now: datetime) -> list[Any]:
        """Return the writes that add figures to aggregates, two for each.

        A write is refused if its document has changed since it was read.

        Args:
            added: The figures to add, by aggregate. The stored figures are added to these tallies in place.
            now: The current time.
        """
        self._load([key for key in added if key not in self._stored])
        writes = []
        for key, tally in added.items():
            stored = self._stored[key]
            tally.merge(stored.tally)
            writes += [
                unchanged_since(write, seen)
                for write, seen in zip(replacements(key, tally, now), stored.update_times, strict=True)
            ]
        return writes

    def written(self, added: Mapping[Key, Tally], update_times: Iterable[Any]) -> None:
        """Update the cache after the writes were committed.

        Args:
            added: The argument of `writes`, which by now has the sums.
            update_times: The update times that Firestore returned.
        """
        times = iter(update_times)
        for key, tally in added.items():
            self._stored[key] = StoredAggregate(tally, [next(times), next(times)])

    def forget(self) -> None:
        """Empty the cache, so that aggregates are read again."""
        self._stored.clear()

    def _load(self, keys: list[Key]) -> None:
        names = {name: key for key in keys for name in document_names(key)}
        found = {one.name: one for one in raw.get_all(list(names))} if names else {}
        for key in keys:
            aggregate, sketch = (found.get(name) for name in document_names(key))
            times = [None if one is None else one.update_time for one in (aggregate, sketch)]
            self._stored[key] = StoredAggregate(_tally(key, aggregate, sketch), times)


def document_names(key: Key) -> tuple[str, str]:
    """Return the full names of an aggregate's document and of its sketch's document."""
    root = f"{client()._database_string}/documents"
    return tuple(  # type: ignore[return-value]
        f"{root}/{collection}/{key.document_id}"
        for collection in (config.ANALYTICS_AGGREGATES, config.ANALYTICS_SKETCHES)
    )


def replacements(key: Key, tally: Tally, now: datetime) -> tuple[Any, Any]:
    """Return the writes that replace an aggregate's document and its sketch's document, without conditions.

    Args:
        key: The aggregate.
        tally: The figures.
        now: The current time.
    """
    if key.name == ALL:
        # In older versions, `all` had values. They are dropped.
        tally = Tally(tally.count, users=tally.users)
    aggregate = AnalyticsAggregate(
        granularity=key.granularity,
        bucket=key.bucket,
        name=key.name,
        count=tally.count,
        sum=None if key.name == ALL else tally.sum,
        min=tally.min,
        max=tally.max,
        unique_users=tally.users.count(),
        updated_at=now,
    )
    name, sketch = document_names(key)
    return (
        written(name, aggregate.to_firestore()),
        written(sketch, {"users": tally.users.to_bytes(), "sum": list(tally.parts)}),
    )


def _tally(key: Key, aggregate: Any | None, sketch: Any | None) -> Tally:
    """Return the stored figures. A damaged aggregate begins again at zero, so that it does not block the others."""
    try:
        return _read(aggregate, sketch) if aggregate is not None else Tally()
    except (TypeError, ValueError) as error:
        message = (
            f"The aggregate {key.document_id} can't be read, so it begins again at zero. Count it again with "
            "`scripts/analytics rebuild`."
        )
        JobLog("").error(message, error)
        return Tally()


def _read(aggregate: Any, sketch: Any | None) -> Tally:
    fields = {field: plain(value) for field, value in aggregate.fields.items()}
    document = AnalyticsAggregate.from_firestore(fields)
    tally = Tally(document.count, [document.sum] if document.sum else [], document.min, document.max)
    if sketch is not None:
        kept: Any = {field: plain(value) for field, value in sketch.fields.items()}
        tally.parts = [float(part) for part in kept.get("sum", [])]
        tally.users = UserSketch(kept.get("users"))
    return tally
