"""The changes of a job's document that are legal, and the state that it must have at any time."""

from typing import Any

from stoker import config
from stoker.models.job import RUNNING_JOBS, has_ended

LEGAL: dict[tuple[str, str], set[str]] = {
    # A task was delivered, and its attempt has taken the job under a lease.
    ("pending", "processing"): {"deliver"},
    # Another job has its dedupeKey, or its attempts are exhausted.
    ("pending", "failed"): {"write", "dispatch", "deliver", "sweep"},
    # The owner has asked for it.
    ("pending", "cancelled"): {"dispatch", "deliver", "sweep"},
    # The attempt completed it. Or its children have ended, and the next step that looks at them finds it out.
    ("processing", "completed"): {"complete", "deliver", "sweep", "dispatch", "fail", "fail for now", "hand back"},
    ("processing", "failed"): {"fail", "fail for now", "deliver"},
    ("processing", "cancelled"): {
        *("complete", "fail", "fail for now", "hand back", "hand over"),
        "deliver",
        "sweep",
        "dispatch",
    },
    # It failed for now, or its worker was taken away, or its lease has lapsed and it has to wait for a place.
    ("processing", "pending"): {"fail for now", "hand back", "deliver"},
    # The owner tries again. A batch that is run again renews its children that were not completed.
    ("failed", "pending"): {"retry", "hand over"},
    ("cancelled", "pending"): {"retry", "hand over"},
}
"""The legal changes of a job's status, each with the steps that may make it. All other changes are illegal."""

Fields = dict[str, Any]


def check_state(data: Fields) -> None:
    """Check the conditions that a document meets at any time."""
    status = data["status"]
    attempts = [attempt["errorCode"] for attempt in data.get("attempts", [])]
    waits_for_children = status == "processing" and data["stage"] == RUNNING_JOBS
    assert ("lease" in data) == (status == "processing" and not waits_for_children)
    assert data.get("attempt", 0) <= data.get("maxAttempts", config.MAX_ATTEMPTS)
    assert (data.get("progress", 0) == 100) == (status == "completed")
    assert ("output" in data) == (
        status == "completed" or (status == "cancelled" and data.get("stage") == RUNNING_JOBS)
    )
    assert ("error" in data) == ("errorCode" in data)
    assert "errorCode" in data or status not in ("failed", "cancelled")
    if status in ("pending", "processing") and "errorCode" in data:
        assert data["errorCode"] in attempts
    assert "errorCode" not in data or status != "completed"
    assert ("completedAt" in data, "expiresAt" in data) == (has_ended(status),) * 2
    assert "checkpoint" not in data or not has_ended(status)


def check_change(step: str, before: Fields, after: Fields) -> None:
    """Check that a step may change a document in this way."""
    was, now = before["status"], after["status"]
    if was == now:
        assert before == after or not has_ended(was)
    else:
        assert step in LEGAL.get((was, now), ()), f"{was} -> {now} by '{step}'"
    attempt = before.get("attempt", 0)
    if _token(after) not in (None, _token(before)):
        assert (after["attempt"], after["progress"]) == (attempt + 1, 0)
    elif has_ended(was) and now == "pending":
        assert (after["attempt"], after["progress"]) == (0, 0)
    elif step == "hand back" and (was, now) == ("processing", "pending"):
        assert after["attempt"] == attempt - 1
    elif step == "hand back" and (was, now) == ("processing", "cancelled"):
        # A child was handed back, and then cancelled with its batch; or it was cancelled at once.
        assert after["attempt"] in (attempt - 1, attempt)
    else:
        assert after.get("attempt", 0) == attempt
        assert after.get("progress", 0) >= before.get("progress", 0)


def _token(data: Fields) -> str | None:
    token: str | None = (data.get("lease") or {}).get("token")
    return token
