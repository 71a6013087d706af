"""Production refuses a query that no index serves; the emulator runs any."""

import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from google.cloud.firestore_v1 import Query

from development.jobs.queries import alive, newest
from stoker.jobs.children import alive_children
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
    where = structured.where
    filters = [one.field_filter for one in where.composite_filter.filters] or [where.field_filter]
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


def test_the_children_of_a_job_are_counted_by_an_index() -> None:
    """A sum needs an index that holds what is summed, after what is filtered by."""
    aggregation = alive_children("any")._to_protobuf()
    filters = [one.field_filter for one in aggregation.structured_query.where.composite_filter.filters]
    [summed] = [one.sum.field.field_path for one in aggregation.aggregations if "sum" in one]
    fields = [*(one.field.field_path for one in filters), summed]
    assert [(field, "ASCENDING") for field in fields] in served()


def test_what_only_filters_by_equality_needs_no_index() -> None:
    """Firestore merges the indexes of single fields."""
    for query in (cancelled_while_waiting(), waiting_for_children(), *no_longer_paused()):
        structured = query._to_protobuf()
        assert all(one.field_filter.op.name == "EQUAL" for one in structured.where.composite_filter.filters)
        assert not structured.order_by


@pytest.mark.parametrize(
    ("user", "status", "job_type"), list(itertools.product((None, "ada"), (None, "failed"), (None, "batch-operation")))
)
def test_the_commands_lists_are_served(user: str | None, status: str | None, job_type: str | None) -> None:
    """Firestore merges indexes that have one equal field each, and are sorted the same way.

    Source: https://firebase.google.com/docs/firestore/query-data/index-overview#taking_advantage_of_index_merging
    """
    *equal, (sorted_by, direction) = index_of(newest(user, status, job_type, 20))
    assert (sorted_by, direction) == ("createdAt", "DESCENDING")
    assert len(equal) == sum(value is not None for value in (user, status, job_type))
    assert all([field, ("createdAt", "DESCENDING")] in served() for field in equal)


def test_the_commands_list_of_what_is_alive_is_served() -> None:
    structured = alive(50)._to_protobuf()
    assert structured.where.field_filter.op.name == "IN"  # as if each status were asked for alone
    assert structured.where.field_filter.field.field_path == "status"
    assert index_of(alive(50)) == [("createdAt", "DESCENDING")]
    assert [("status", "ASCENDING"), ("createdAt", "DESCENDING")] in served()
