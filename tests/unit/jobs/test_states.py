"""The state of a job is read from any document, also from an invalid one."""

from datetime import UTC, datetime
from typing import Any

import pytest

from stoker.jobs.states import JobState

FIELDS = [
    *("id", "userId", "type", "input", "status", "attempt", "maxAttempts", "attempts", "lease", "children"),
    *(
        "createdAt",
        "startedAt",
        "runAfter",
        "stage",
        "cancelRequested",
        "parentId",
        "progress",
        "output",
        "workSeconds",
    ),
]
VALUES: list[Any] = [
    *(None, True, 5, -1, 1.5, float("nan"), "text", b"bytes", [], [1, {"number": {}}], {}, {"operation": 5}),
    *({"token": 5, "expiresAt": "soon"}, datetime(2026, 1, 1, tzinfo=UTC), (1, 2)),
]


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_of_any_value_is_read(field: str) -> None:
    good = {"userId": "ada", "type": "video-processing", "status": "processing", "lease": {"token": "t"}}
    for value in VALUES:
        state = JobState.of("holiday", {**good, field: value})
        assert isinstance(state.attempt, int)
        assert state.work_seconds >= 0
        assert isinstance(state.history, tuple)
        assert state.cancel_requested in (True, False)
        assert state.user_id is None or isinstance(state.user_id, str)
        assert state.lease_end is None or isinstance(state.lease_end, datetime)
