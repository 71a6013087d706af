"""Production refuses a query that no index serves; the emulator runs any."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from google.cloud.firestore_v1 import Query

from stoker.jobs.children import alive_children
from stoker.jobs.sweep import due, lapsed_leases, stale_pending

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 22, 7, 1, tzinfo=UTC)


def index_of(query: Query) -> list[tuple[str, str]]:
    """The composite index that a query needs: what must be equal, then what it is sorted by."""
    structured = query._to_protobuf()
    filters = [one.field_filter for one in structured.where.composite_filter.filters]
    equal = [one.field.field_path for one in filters if one.op.name == "EQUAL"]
    return [(path, "ASCENDING") for path in equal] + [
        (order.field.field_path, order.direction.name) for order in structured.order_by
    ]


def declared() -> list[list[tuple[str, str]]]:
    """The fields of each composite index."""
    indexes = json.loads((ROOT / "firestore.indexes.json").read_text())["indexes"]
    return [[(field["fieldPath"], field["order"]) for field in index["fields"]] for index in indexes]


@pytest.mark.parametrize("declare", [stale_pending, lapsed_leases, due])
def test_the_sweepers_queries_are_served(declare: Callable[[datetime], Query]) -> None:
    assert index_of(declare(NOW)) in declared()


def test_the_children_of_a_job_are_counted_by_an_index() -> None:
    """A sum needs an index that holds what is summed, after what is filtered by."""
    aggregation = alive_children("any")._to_protobuf()
    filters = [one.field_filter for one in aggregation.structured_query.where.composite_filter.filters]
    [summed] = [one.sum.field.field_path for one in aggregation.aggregations if "sum" in one]
    fields = [*(one.field.field_path for one in filters), summed]
    assert [(field, "ASCENDING") for field in fields] in declared()
