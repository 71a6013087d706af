"""The traces of a sweep: the log lines that alerts are made of, and the document that `stoker doctor` reads."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.api_core import exceptions

from engine.counted import MINUTE, NOTHING, NOW, Counted, sweep_at, write
from engine.hosts import Dated
from engine.stores import AllInMemory
from stoker.firestore.memory_documents import MemoryDocuments
from stoker.jobs.store import store
from stoker.jobs.sweeper import RECHECK_MINUTES
from stoker.jobs.waiting import wake_next
from stoker.jobs.walk import Cursors
from stoker.version import running_version

pytestmark = [pytest.mark.parametrize("engine", ["memory"], indirect=True), pytest.mark.usefixtures("dated")]


def logged(captured: pytest.CaptureFixture[str], event: str) -> Sequence[dict[str, Any]]:
    """The log lines of an event since the last call."""
    lines = [json.loads(line) for line in "".join(captured.readouterr()).splitlines() if line.startswith("{")]
    return [line for line in lines if line.get("event") == event]


@pytest.fixture
def documents(engine: AllInMemory, dated: Dated) -> Counted:
    engine.documents = documents = Counted(engine.documents, dated)
    return documents


@pytest.fixture
def in_its_time(engine: AllInMemory, dated: Dated) -> Dated:
    """The engine's machine, by whose date the documents are written too."""
    engine.documents = MemoryDocuments(dated.now)
    return dated


def test_a_sweep_records_its_version_and_costs_no_more_for_that(documents: Counted) -> None:
    for minute in range(3):
        documents.reads = 0
        sweep_at(NOW + minute * MINUTE)
    assert documents.reads <= NOTHING
    found = store().documents.get(Cursors.PATH)
    assert found is not None
    assert found.data["version"] == running_version()
    assert found.data["updatedAt"] == found.update_time


def test_each_sweep_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    write(3)
    sweep_at(NOW)
    [ended] = logged(capsys, "sweep-ended")
    assert (ended["found"], ended["failedSteps"], ended["severity"]) == (3, 0, "INFO")
    assert ended["seconds"] >= 0


def test_a_sweep_with_a_failed_step_is_logged_too(documents: Counted, capsys: pytest.CaptureFixture[str]) -> None:
    documents.broken = lambda selection: "runAfter" in dict(selection.order)
    with pytest.raises(exceptions.FailedPrecondition):
        sweep_at(NOW)
    [ended] = logged(capsys, "sweep-ended")
    assert ended["failedSteps"] == 1


def test_the_oldest_job_that_no_worker_begins_is_logged(
    capsys: pytest.CaptureFixture[str], in_its_time: Dated, settings: Callable[..., None]
) -> None:
    in_its_time.date = NOW - timedelta(minutes=5)
    settings(paused=["audio-generation"])
    write(2, createdAt=NOW - timedelta(minutes=5), runAfter=NOW - timedelta(minutes=4))
    long_ago = NOW - timedelta(hours=9)
    write(1, createdAt=long_ago, runAfter=long_ago, stage="paused", type="audio-generation")
    write(1, createdAt=long_ago, runAfter=NOW + timedelta(hours=9))
    sweep_at(NOW)
    assert logged(capsys, "job-overdue") == []
    sweep_at(NOW + RECHECK_MINUTES * MINUTE)
    [overdue] = logged(capsys, "job-overdue")
    assert (overdue["seconds"], overdue["jobs"], overdue["severity"]) == (14 * 60, 2, "INFO")


@pytest.mark.parametrize("run_after", [NOW - timedelta(hours=9), datetime(2001, 1, 1, tzinfo=UTC)])
def test_a_job_that_was_woken_or_that_its_owner_dates_back_is_due_since_it_was_written(
    run_after: datetime, capsys: pytest.CaptureFixture[str], in_its_time: Dated
) -> None:
    sweep_at(NOW)
    in_its_time.date = NOW + (RECHECK_MINUTES - 1) * MINUTE
    write(1, createdAt=NOW - timedelta(hours=9), runAfter=run_after)
    sweep_at(NOW + RECHECK_MINUTES * MINUTE)
    assert logged(capsys, "job-overdue") == []
    for minute in range(RECHECK_MINUTES + 1, 2 * RECHECK_MINUTES + 1):
        sweep_at(NOW + minute * MINUTE)
    [overdue] = logged(capsys, "job-overdue")
    assert (overdue["seconds"], overdue["jobs"]) == ((RECHECK_MINUTES + 1) * 60, 1)


def test_a_job_that_waited_for_hours_is_not_late_when_it_is_woken(
    capsys: pytest.CaptureFixture[str], in_its_time: Dated
) -> None:
    sweep_at(NOW)
    write(1, createdAt=NOW - timedelta(hours=9), stage="waiting-for-other-jobs", userId="ann")
    in_its_time.date = NOW + RECHECK_MINUTES * MINUTE - timedelta(seconds=5)
    wake_next("ann", None)
    sweep_at(NOW + RECHECK_MINUTES * MINUTE)
    assert logged(capsys, "job-overdue") == []


def test_nothing_is_logged_if_no_job_waits(capsys: pytest.CaptureFixture[str]) -> None:
    for minute in range(0, 60, RECHECK_MINUTES):
        sweep_at(NOW + minute * MINUTE)
    assert logged(capsys, "job-overdue") == []
