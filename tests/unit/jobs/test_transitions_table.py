"""The table of transitions: each row is reached, all other pairs of a state and an event are refused."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from stoker.errors import EncoderFailed, UnsupportedMedia
from stoker.jobs import events
from stoker.jobs.conditions import always
from stoker.jobs.effects import RecordEvent, ReleasePlace, RemoveLeftovers, UpdateParent, WakeIfOwnerIdle, WakeNext
from stoker.jobs.events import Cancelled, Due, FailedTransiently, HeldBack, JobEvent, LeaseRequested, Succeeded
from stoker.jobs.states import JobState, State
from stoker.jobs.transitions import TABLE, IllegalTransition, Row, decide
from stoker.models.job import BatchOutput, JobOutput

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
STATES: tuple[State, ...] = get_args(State)
OUTPUT = BatchOutput(total=1, succeeded=1, failed=0)

EVENTS: dict[type[Any], JobEvent] = {
    type(event): event
    for event in (
        events.Created(),
        events.CreatedForLater(LATER),
        events.Due("sweep-1"),
        events.LeaseLapsed("sweep-1"),
        events.LeaseRequested("new"),
        events.HeldBack("waiting-for-other-jobs"),
        events.Paused(),
        events.Progressed(10, "encoding"),
        events.CheckpointSaved({"step": 1}, "mark"),
        events.Succeeded(JobOutput(files=[])),
        events.MadeChildren(2),
        events.FailedPermanently(UnsupportedMedia("It can't be read.")),
        events.FailedTransiently(EncoderFailed("It stopped."), 10),
        events.CancelRequested(),
        events.Cancelled(),
        events.Preempted(),
        events.OutOfTime(),
        events.Retried(NOW),
        events.ChildrenProgressed(50),
        events.ChildrenEnded(OUTPUT),
        events.ChildRetried(),
        events.ChildrenCountedAgain(OUTPUT, alive=0),
        events.EndHookRan("closed"),
    )
}

TRUE_WHEN: dict[str, dict[str, Any]] = {
    "cancel_is_requested": {"cancel_requested": True},
    "must_wait": {"run_after": LATER},
    "has_no_time": {"run_after": None},
    "no_attempt_is_left": {"attempt": 5},
    "no_work_is_left": {"work_seconds": 6 * 3600},
    "is_held": {"lease_end": LATER},
    "has_counted_items": {"failed_items": 0},
    "items_have_failed": {"failed_items": 1},
}
"""The facts under which each condition holds."""


def job(state: State, **facts: Any) -> JobState:
    held: dict[str, Any] = (
        {"lease_token": "old", "lease_end": NOW, "attempt_began": NOW} if state == "processing" else {}
    )
    known: dict[str, Any] = {
        "user_id": "ada",
        "type": "video-processing",
        "attempt": 1,
        "created_at": NOW,
        "started_at": NOW,
        "run_after": NOW,
    }
    return JobState("holiday", state, **{**known, **held, **facts})


def name(row: Row) -> str:
    return f"{'/'.join(row.states)}-{'/'.join(event.__name__ for event in row.events)}-{row.when.__name__}"


def test_every_event_has_an_example() -> None:
    assert EVENTS.keys() == set(get_args(JobEvent))
    assert {row.when.__name__ for row in TABLE if row.when is not always} == TRUE_WHEN.keys()


@pytest.mark.parametrize("row", TABLE, ids=name)
def test_each_row_decides_what_it_says(row: Row) -> None:
    for state in row.states:
        for event in row.events:
            before = job(state, **TRUE_WHEN.get(row.when.__name__, {}))
            made = decide(before, EVENTS[event], NOW)
            assert made.state == (row.after or state)
            assert dict(made.fields) == dict(row.fields(before, EVENTS[event], NOW))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_what_is_not_in_the_table_is_refused(state: State, event: type[Any]) -> None:
    if rows := [row for row in TABLE if state in row.states and event in row.events]:
        decide(job(state, **TRUE_WHEN.get(rows[-1].when.__name__, {})), EVENTS[event], NOW)
    else:
        with pytest.raises(IllegalTransition, match=f"{state} can't meet {event.__name__}"):
            decide(job(state), EVENTS[event], NOW)


def test_no_row_is_hidden_by_the_rows_above_it() -> None:
    for position, row in enumerate(TABLE):
        above = [one for one in TABLE[:position] if one.when is always]
        for state in row.states:
            for event in row.events:
                assert not any(state in one.states and event in one.events for one in above), name(row)


def test_completed_jobs_stay_completed_unless_items_have_failed() -> None:
    leaving = [row for row in TABLE if "completed" in row.states and row.after not in (None, "completed")]
    assert [(row.events, row.after, row.when.__name__) for row in leaving] == [
        ((events.Retried,), "pending", "items_have_failed")
    ]
    for failed_items in (None, 0):
        with pytest.raises(IllegalTransition):
            decide(job("completed", failed_items=failed_items), EVENTS[events.Retried], NOW)


def test_a_waiting_job_is_queued_once_it_is_due() -> None:
    assert decide(job("pending", run_after=LATER), Due("sweep-1"), NOW).effects == ()
    assert len(decide(job("pending", run_after=NOW), Due("sweep-1"), NOW).effects) == 1


def test_a_waiting_job_that_has_no_time_is_given_the_time_of_its_creation() -> None:
    """By that, the sweeper finds it from then on."""
    for stage in (None, "queued"):
        found = decide(job("pending", stage=stage, run_after=None), Due("sweep-1"), LATER)
        assert found.fields == {"runAfter": NOW}
        assert len(found.effects) == 1
    for stage in ("paused", "waiting-for-other-jobs"):
        assert decide(job("pending", stage=stage, run_after=None), Due("sweep-1"), LATER).fields == {}
    assert decide(job("pending", run_after=NOW), Due("sweep-1"), LATER).fields == {}


def test_every_end_of_an_attempt_gives_its_place_back_and_is_recorded() -> None:
    for event in (EVENTS[Succeeded], EVENTS[Cancelled]):
        effects = decide(job("processing", parent_id="batch"), event, NOW).effects
        kinds = [type(effect) for effect in effects]
        assert kinds == [ReleasePlace, RecordEvent, RemoveLeftovers, WakeNext, UpdateParent]


def test_a_first_attempt_that_succeeds_leaves_nothing_over() -> None:
    effects = decide(job("processing", started_at=None), EVENTS[Succeeded], NOW).effects
    assert RemoveLeftovers() not in effects


def test_objects_of_a_run_before_a_retry_are_removed() -> None:
    attempt: dict[str, Any] = {"number": 1, "startedAt": NOW, "endedAt": NOW, "errorCode": "encoder-failed"}
    ends: tuple[tuple[State, JobEvent], ...] = (("processing", EVENTS[Succeeded]), ("pending", EVENTS[Cancelled]))
    for state, event in ends:
        retried = job(state, started_at=None, history=(attempt,), attempt_began=None)
        assert RemoveLeftovers() in decide(retried, event, NOW).effects


def test_a_woken_job_that_may_not_begin_today_wakes_another() -> None:
    tomorrow = HeldBack("waiting-for-tomorrow", LATER)
    assert decide(job("pending", stage="queued"), tomorrow, NOW).effects == (WakeNext(),)
    assert decide(job("pending"), tomorrow, NOW).effects == ()


def test_a_job_that_waits_for_others_looks_whether_they_have_ended_meanwhile() -> None:
    assert decide(job("pending"), HeldBack("waiting-for-other-jobs"), NOW).effects == (WakeIfOwnerIdle(),)
    users = HeldBack("waiting-for-other-users")
    assert decide(job("pending"), users, NOW).effects == (WakeIfOwnerIdle(),)
    # A job that was woken leaves its turn to a job for another queue.
    woken = decide(job("pending", stage="queued"), users, NOW)
    assert woken.effects == (WakeIfOwnerIdle(), WakeNext(in_queue=False))


def test_a_failed_attempt_is_tried_again_until_none_is_left() -> None:
    failure = EVENTS[FailedTransiently]
    assert decide(job("processing", attempt=4), failure, NOW).state == "pending"
    assert decide(job("processing", attempt=5), failure, NOW).state == "failed"


def test_a_new_lease_counts_its_attempt_and_records_the_attempt_that_went_silent() -> None:
    fields = decide(job("processing", attempt_began=None), LeaseRequested("new"), NOW).fields
    assert fields["attempt"] == 2
    assert [one["errorCode"] for one in fields["attempts"]] == ["lease-lost"]
