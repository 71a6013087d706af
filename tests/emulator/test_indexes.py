"""Production refuses a query that no index serves; the emulator runs any."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from google.cloud.firestore_v1 import Query

from stoker.jobs.children import of_parent
from stoker.jobs.limits import waiting_jobs
from stoker.jobs.sweep import (
    cancelled_while_waiting,
    due,
    lapsed_leases,
    no_longer_paused,
    stale_pending,
    waiting_for_children,
)

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 22, 7, 1, tzinfo=UTC)


def served() -> list[list[tuple[str, str]]]:
    declared = json.loads((ROOT / "firestore.indexes.json").read_text())["indexes"]
    return [[(field["fieldPath"], field["order"]) for field in index["fields"]] for index in declared]


def index_of(query: Query) -> list[tuple[str, str]]:
    """The composite index that a query needs: what must be equal, then what it is sorted by."""
    structured = query._to_protobuf()
    filters = [one.field_filter for one in structured.where.composite_filter.filters]
    equal = [one.field.field_path for one in filters if one.op.name == "EQUAL"]
    if not structured.order_by:
        return []
    return [(path, "ASCENDING") for path in equal] + [
        (order.field.field_path, order.direction.name) for order in structured.order_by
    ]


@pytest.mark.parametrize(
    "declare",
    [
        lambda: stale_pending(NOW),
        lambda: lapsed_leases(NOW),
        lambda: due(NOW),
        lambda: waiting_jobs("ada"),
    ],
    ids=["stale pending", "lapsed leases", "due", "waiting for a place"],
)
def test_the_engines_queries_are_served(declare: Callable[[], Query]) -> None:
    assert index_of(declare()) in served()


def test_the_sum_over_children_is_served() -> None:
    """A sum needs what it adds up in the index, after what is filtered by."""
    assert index_of(of_parent("batch", ["pending"])) == []  # `in`, which is an equality too
    assert [("parentId", "ASCENDING"), ("status", "ASCENDING"), ("progress", "ASCENDING")] in served()


def test_what_only_filters_by_equality_needs_no_index() -> None:
    """Firestore merges the indexes of single fields."""
    for query in (cancelled_while_waiting(), waiting_for_children(), *no_longer_paused()):
        structured = query._to_protobuf()
        assert all(one.field_filter.op.name == "EQUAL" for one in structured.where.composite_filter.filters)
        assert not structured.order_by
