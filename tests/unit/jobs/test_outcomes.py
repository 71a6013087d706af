"""The outcomes of a job, written by hand and not derived from the table."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.cloud.firestore import DELETE_FIELD as DELETED

from stoker.errors import Unavailable, UnsupportedMedia
from stoker.jobs.effects import EnqueueTask, Redeliver, ReleasePlace
from stoker.jobs.events import (
    Cancelled,
    CancelRequested,
    ChildrenCountedAgain,
    ChildrenEnded,
    ChildRetried,
    Created,
    CreatedForLater,
    Due,
    EndHookRan,
    FailedPermanently,
    FailedTransiently,
    HeldBack,
    JobEvent,
    LeaseLapsed,
    LeaseRequested,
    MadeChildren,
    OutOfTime,
    Paused,
    Preempted,
    Retried,
    Succeeded,
)
from stoker.jobs.states import JobState, State
from stoker.jobs.transitions import decide
from stoker.models.job import JobOutput

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER, BEFORE = NOW + timedelta(hours=1), NOW - timedelta(hours=1)
OUTPUT = JobOutput(files=[])
NO_FILM, AWAY = UnsupportedMedia("It is no film."), Unavailable("Nobody answered.")
LAPSED: dict[str, Any] = {"attempt": 1, "lease_token": "old", "lease_end": BEFORE}
HELD: dict[str, Any] = {**LAPSED, "lease_end": LATER}
RUNNING: dict[str, Any] = {**HELD, "lease_token": "mine", "attempt_began": BEFORE}

OVER: tuple[State, ...] = ("completed", "failed", "cancelled")

OUTCOMES: list[tuple[State, dict[str, Any], JobEvent, State]] = [
    ("pending", {}, Created(), "pending"),
    ("pending", {"cancel_requested": True}, Created(), "cancelled"),
    ("pending", {"cancel_requested": True, "run_after": LATER}, Due("sweep"), "cancelled"),
    ("processing", {**LAPSED, "cancel_requested": True}, LeaseLapsed("sweep"), "processing"),
    ("pending", {}, LeaseRequested("t"), "processing"),
    ("processing", LAPSED, LeaseRequested("t"), "processing"),
    ("processing", HELD, LeaseRequested("t"), "processing"),
    ("pending", {"cancel_requested": True, "attempt": 5}, LeaseRequested("t"), "cancelled"),
    ("processing", {**LAPSED, "cancel_requested": True, "attempt": 5}, LeaseRequested("t"), "cancelled"),
    ("processing", {**HELD, "cancel_requested": True, "attempt": 5}, LeaseRequested("t"), "processing"),
    ("pending", {"attempt": 5}, LeaseRequested("t"), "failed"),
    ("pending", {"attempt": 2, "max_attempts": 2}, LeaseRequested("t"), "failed"),
    ("processing", {**LAPSED, "attempt": 5}, LeaseRequested("t"), "failed"),
    ("pending", {"work_seconds": 21599}, LeaseRequested("t"), "processing"),
    ("pending", {"work_seconds": 21600}, LeaseRequested("t"), "failed"),
    ("pending", {"work_seconds": 21600, "deletes_owner": True}, LeaseRequested("t"), "processing"),
    ("processing", {**LAPSED, "started_at": BEFORE - timedelta(hours=6.1)}, LeaseRequested("t"), "failed"),
    ("processing", {**HELD, "work_seconds": 21600}, LeaseRequested("t"), "processing"),
    ("completed", {}, LeaseRequested("t"), "completed"),
    ("running-jobs", {}, LeaseRequested("t"), "running-jobs"),
    ("pending", {}, HeldBack("waiting-for-other-jobs"), "pending"),
    ("processing", LAPSED, HeldBack("waiting-for-tomorrow", LATER), "pending"),
    ("processing", LAPSED, Paused(), "pending"),
    ("processing", RUNNING, Succeeded(OUTPUT), "completed"),
    ("processing", RUNNING, MadeChildren(3), "running-jobs"),
    ("processing", RUNNING, FailedPermanently(NO_FILM), "failed"),
    ("processing", RUNNING, FailedTransiently(AWAY, 10), "pending"),
    ("processing", {**RUNNING, "attempt": 5}, FailedTransiently(AWAY, 10), "failed"),
    ("processing", RUNNING, Cancelled(), "cancelled"),
    ("processing", RUNNING, Preempted(), "pending"),
    ("processing", {**RUNNING, "attempt": 5}, Preempted(), "pending"),
    ("processing", {**RUNNING, "attempt": 5}, OutOfTime(), "pending"),
    ("running-jobs", {}, ChildrenEnded(OUTPUT), "completed"),
    ("running-jobs", {"cancel_requested": True}, ChildrenEnded(OUTPUT), "cancelled"),
    ("running-jobs", {}, FailedPermanently(NO_FILM), "failed"),
    ("processing", RUNNING, CancelRequested(), "processing"),
    ("failed", {}, Retried(NOW), "pending"),
    ("cancelled", {}, Retried(NOW), "pending"),
    ("completed", {"failed_items": 2}, Retried(NOW), "pending"),
    ("pending", {"run_after": LATER}, CreatedForLater(LATER), "pending"),
    *((state, {"failed_items": 2}, ChildRetried(), state) for state in OVER),
    ("failed", {}, ChildRetried(), "failed"),
    ("running-jobs", {}, ChildRetried(), "running-jobs"),
    *((state, {}, ChildrenCountedAgain(OUTPUT, 0), state) for state in OVER),
    ("failed", {"end_hook_due": True}, EndHookRan("closed"), "failed"),
    ("completed", {"end_hook_due": True}, EndHookRan("closed"), "completed"),
]


@pytest.mark.parametrize(("state", "facts", "event", "after"), OUTCOMES)
def test_what_becomes_of_a_job(state: State, facts: dict[str, Any], event: JobEvent, after: State) -> None:
    assert decide(JobState("holiday", state, user_id="ada", **facts), event, NOW).state == after


def test_an_attempt_that_is_taken_away_does_not_count_and_comes_again() -> None:
    job = JobState("holiday", "processing", user_id="ada", **RUNNING)
    for event in (Preempted(), OutOfTime()):
        assert decide(job, event, NOW).fields["attempt"] == 0
    assert Redeliver() in decide(job, Preempted(), NOW).effects
    assert decide(job, OutOfTime(), NOW).effects == (
        *(effect for effect in decide(job, Preempted(), NOW).effects if effect != Redeliver()),
        EnqueueTask("after/1-mine", NOW),
    )
    assert ReleasePlace() in decide(job, Preempted(), NOW).effects


@pytest.mark.parametrize(
    "event", [Preempted(), OutOfTime(), FailedTransiently(AWAY, 10), MadeChildren(3), Succeeded(OUTPUT), Cancelled()]
)
def test_every_end_of_an_attempt_adds_its_time_to_the_work_of_the_job(event: JobEvent) -> None:
    job = JobState("holiday", "processing", user_id="ada", work_seconds=100, **RUNNING)
    assert decide(job, event, NOW).fields["workSeconds"] == 3700


@pytest.mark.parametrize("event", [LeaseRequested("t"), HeldBack("waiting-for-other-jobs"), Paused()])
def test_the_time_of_an_attempt_that_went_silent_counts_until_its_last_sign_of_life(event: JobEvent) -> None:
    lapsed = {**LAPSED, "lease_end": BEFORE + timedelta(minutes=31, seconds=30)}
    job = JobState("holiday", "processing", user_id="ada", work_seconds=100, started_at=BEFORE, **lapsed)
    assert decide(job, event, NOW).fields["workSeconds"] == 1900
    assert job.leased("t", NOW).work_seconds == 1900


def test_a_job_that_was_worked_on_for_too_long_says_so() -> None:
    job = JobState("holiday", user_id="ada", work_seconds=6 * 3600, history=())
    decided = decide(job, LeaseRequested("t"), NOW)
    assert decided.fields["errorCode"] == "work-exhausted"
    assert "6 hours" in decided.fields["error"]
    assert decide(JobState("holiday", "failed", work_seconds=21600), Retried(NOW), NOW).fields["workSeconds"] is DELETED


def test_an_attempt_that_failed_for_now_comes_again_after_its_wait() -> None:
    job = JobState("holiday", "processing", user_id="ada", **RUNNING)
    decided = decide(job, FailedTransiently(AWAY, 10), NOW)
    assert EnqueueTask("after/1-mine", NOW + timedelta(seconds=10)) in decided.effects
    assert decided.fields["runAfter"] == NOW + timedelta(seconds=10)
    assert "attempt" not in decided.fields


def test_a_retry_keeps_the_figures_of_a_batch_and_no_other_result() -> None:
    kept = decide(JobState("holiday", "completed", failed_items=1), Retried(NOW), NOW).fields
    assert "output" not in kept
    assert decide(JobState("holiday", "cancelled"), Retried(NOW), NOW).fields == {**kept, "output": DELETED}


def test_the_stage_of_an_ended_batch_says_whether_children_run_again() -> None:
    batch = JobState("holiday", "completed", failed_items=1)
    assert decide(batch, ChildRetried(), NOW).fields == {"stage": "running-jobs-again"}
    assert decide(batch, ChildrenCountedAgain(OUTPUT, 2), NOW).fields == {"output": {"files": []}}
    assert decide(batch, ChildrenCountedAgain(OUTPUT, 0), NOW).fields["stage"] == "completed"
    cancelled = JobState("holiday", "cancelled", failed_items=1)
    assert decide(cancelled, ChildrenCountedAgain(OUTPUT, 0), NOW).fields["stage"] == "running-jobs"


def test_a_job_for_later_has_a_task_for_its_time() -> None:
    job = JobState("holiday", run_after=LATER)
    assert decide(job, CreatedForLater(LATER), NOW).effects == (EnqueueTask("created/0", LATER),)
    assert decide(job, Created(), NOW).effects == ()
