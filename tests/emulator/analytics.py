"""Events for tests in separate collections, and a plain recount of their figures."""

import math
import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from google.cloud.firestore_v1.types import Document, Write

from stoker import config
from stoker.firestore.client import client
from stoker.firestore.messages import message, unchanged_since, written
from stoker.models.analytics import SERVER_EVENTS

COLLECTIONS = ("ANALYTICS_EVENTS", "ANALYTICS_AGGREGATES", "ANALYTICS_SKETCHES", "ANALYTICS_LEASES")
"""Their names in `stoker.config`."""

ALREADY_THERE = 6
"""gRPC's ALREADY_EXISTS."""

NAMES = ("video.played", "video.paused", "task.completed", "search", "user.signed-up")


def drawn(count: int, users: int, days: float, seed: int, until: datetime | None = None) -> list[dict[str, Any]]:
    """Events as clients and functions write them, at once, that happened at random within the last days.

    Args:
        count: How many.
        users: Of how many users.
        days: Within which they happened.
        seed: The same one draws the same.
        until: The time before which they happened; None for the present.
    """
    choose = random.Random(seed)
    now = until or datetime.now(UTC).replace(microsecond=0)
    events = []
    for _ in range(count):
        occurred = now - timedelta(days=days * choose.random())
        event = {
            "id": choose.randbytes(10).hex(),
            "userId": f"user-{choose.randrange(users)}",
            "name": choose.choice(NAMES),
            "properties": {"where": "home"},
            "occurredAt": occurred,
            "createdAt": occurred + timedelta(seconds=1),
            "rolledUp": False,
        }
        if choose.random() < 0.8:
            event["value"] = choose.choice((choose.gauss(0, 1e3), choose.random(), choose.randrange(100), 1e12, -1e12))
        events.append(event)
    return events


def deliver(events: Sequence[dict[str, Any]]) -> None:
    """Create events. Existing events stay as they are, because the rules refuse a client's second try."""
    page: dict[str, dict[str, Any]] = {}
    for number, event in enumerate(events, 1):
        page[event["id"]] = event
        if len(page) == 500 or number == len(events):
            _create(page.values())
            page = {}


def _create(events: Iterable[dict[str, Any]]) -> None:
    writes = []
    for event in events:
        plain = {name: value for name, value in event.items() if name != "properties"}
        write = written(name_of(event["id"]), plain)
        for name, value in event.get("properties", {}).items():
            write.update.fields["properties"].map_value.fields[name].CopyFrom(message(value))
        writes.append(Write(unchanged_since(write, None)))
    request = {"database": client()._database_string, "writes": writes}
    answer = client()._firestore_api.batch_write(request=request, metadata=client()._rpc_metadata)
    assert {status.code for status in answer.status} <= {0, ALREADY_THERE}


def name_of(event_id: str) -> str:
    """An event's name in full."""
    return f"{client()._database_string}/documents/{config.ANALYTICS_EVENTS}/{event_id}"


def write_raw(document: Document) -> None:
    """Write fields that the client library can't write."""
    request = {"database": client()._database_string, "writes": [Write(update=document)]}
    client()._firestore_api.commit(request=request, metadata=client()._rpc_metadata)


def recounted(events: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """All aggregates that events add up to, by the ids of their documents, the plain way.

    Args:
        events: Each with the time at which it happened as its `occurredAt`. The same one may come several times.
    """
    found: dict[str, dict[str, Any]] = {}
    for event in {event["id"]: event for event in events}.values():
        occurred = event["occurredAt"]
        for granularity, form in (("hour", "%Y-%m-%dT%H"), ("day", "%Y-%m-%d"), ("month", "%Y-%m")):
            bucket = occurred.strftime(form)
            for name in (event["name"], "all"):
                one = found.setdefault(
                    f"{granularity}_{bucket}_{name}",
                    {
                        "granularity": granularity,
                        "bucket": bucket,
                        "name": name,
                        "count": 0,
                        "values": [],
                        "users": set(),
                    },
                )
                one["count"] += 1
                if name != "all" or event["name"] not in SERVER_EVENTS:
                    one["users"].add(event["userId"])
                if name != "all" and "value" in event:
                    one["values"].append(event["value"])
    for one in found.values():
        values, users = one.pop("values"), one.pop("users")
        one |= {"uniqueUsers": len(users), "schemaVersion": 1}
        one |= {"sum": math.fsum(values)} if one["name"] != "all" else {}
        one |= {"min": min(values), "max": max(values)} if values else {}
    return found


def aggregates() -> dict[str, dict[str, Any]]:
    """The aggregates that there are, without the time of their last change."""
    found = {one.id: one.to_dict() or {} for one in client().collection(config.ANALYTICS_AGGREGATES).stream()}
    assert all(isinstance(one.pop("updatedAt"), datetime) for one in found.values())
    return found


def waiting() -> int:
    """Return the number of events that are not rolled up yet."""
    events = client().collection(config.ANALYTICS_EVENTS)
    return sum((one.to_dict() or {}).get("rolledUp") is False for one in events.select(["rolledUp"]).stream())


def own_collections() -> dict[str, str]:
    """Names for all of them that no other test has."""
    unique = uuid4().hex[:8]
    return {name: f"{getattr(config, name)}-{unique}" for name in COLLECTIONS}
