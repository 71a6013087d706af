"""Production refuses a query that no index serves; the emulator runs any."""

import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "fields",
    [
        [("status", "ASCENDING"), ("createdAt", "ASCENDING")],
        [("status", "ASCENDING"), ("lease.expiresAt", "ASCENDING")],
    ],
    ids=["stale pending jobs", "lapsed leases"],
)
def test_the_sweepers_queries_are_served(fields: list[tuple[str, str]]) -> None:
    declared: dict[str, Any] = json.loads((ROOT / "firestore.indexes.json").read_text())
    served = [
        [(field["fieldPath"], field["order"]) for field in index["fields"]]
        for index in declared["indexes"]
        if index["collectionGroup"] == "processingJobs"
    ]
    assert fields in served
