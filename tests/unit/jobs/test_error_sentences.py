"""The sentence in a job's `error` after an attempt that failed says what happens next, or what the user can do."""

from datetime import UTC, datetime

import pytest

from stoker.errors import InvalidJob, Unavailable
from stoker.jobs.events import FailedPermanently, FailedTransiently
from stoker.jobs.states import JobState
from stoker.jobs.transitions import decide

NOW = datetime(2026, 11, 27, tzinfo=UTC)


def running(attempt: int) -> JobState:
    """Return a job with three attempts, while an attempt runs."""
    return JobState(
        "holiday", "processing", attempt=attempt, max_attempts=3, lease_token="t", attempt_began=NOW, started_at=NOW
    )


@pytest.mark.parametrize(
    ("attempt", "sentence"),
    [
        (1, "The upload was incomplete. The job is tried again by itself."),
        (3, "The upload was incomplete. Retry the job later. If it fails again, report its id."),
    ],
)
def test_a_transient_error_says_what_happens_next(attempt: int, sentence: str) -> None:
    failed = FailedTransiently(Unavailable("The upload was incomplete."), wait_seconds=5)
    assert decide(running(attempt), failed, NOW).fields["error"] == sentence


def test_a_permanent_error_stays_as_it_was_raised() -> None:
    failed = FailedPermanently(InvalidJob("This job can't run: type: is missing. Correct it and write a new job."))
    assert decide(running(1), failed, NOW).fields["error"] == failed.error.message
