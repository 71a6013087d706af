"""Production refuses a query that no index serves; the emulator runs any."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from google.cloud.firestore_v1 import Query

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


@pytest.mark.parametrize("declare", [stale_pending, lapsed_leases, due])
def test_the_sweepers_queries_are_served(declare: Callable[[datetime], Query]) -> None:
    declared = json.loads((ROOT / "firestore.indexes.json").read_text())["indexes"]
    served = [[(field["fieldPath"], field["order"]) for field in index["fields"]] for index in declared]
    assert index_of(declare(NOW)) in served
