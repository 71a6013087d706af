"""Quota: a user who stores too much has no further job that makes files."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.driven import DrivenJob, finish
from engine.stores import IN_MEMORY
from stoker import config
from stoker.errors import Unavailable
from stoker.firestore.writes import Merge
from stoker.jobs.attempt import begin_attempt
from stoker.jobs.commands import retry_job
from stoker.jobs.events import FailedTransiently, Succeeded
from stoker.jobs.quota import FRESH, FRESH_ABOVE
from stoker.jobs.store import store
from stoker.models.job import JobOutput

Settings = Callable[..., None]
ABOVE = 101 * config.GIB
DONE = Succeeded(JobOutput(files=[]))


class Shelf:
    """The counted bytes that a user stores.

    Attributes:
        bytes: The bytes; None if Cloud Storage does not answer.
        counted: The number of times that they were counted.
    """

    def __init__(self) -> None:
        self.bytes: int | None = 0
        self.counted = 0

    def count(self, user_id: str) -> int | None:
        self.counted += 1
        return self.bytes if user_id == "ada" else 0

    def age(self, by: timedelta) -> None:
        """Let the count that is kept be older."""
        kept = {"stored": {"countedAt": datetime.now(UTC) - by}}
        store().documents.commit([Merge(f"{config.JOB_USERS}/ada", kept)])


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    made = Shelf()
    monkeypatch.setattr(store(), "stored_bytes", made.count)
    return made


def is_refused(job: DrivenJob) -> bool:
    lease = begin_attempt(job.id)
    if lease is not None:
        finish(lease, DONE)
        return False
    data = job.data()
    assert (data["status"], data["errorCode"]) == ("failed", "storage-quota-exceeded")
    return True


def test_above_the_quota_a_job_fails_and_says_what_to_do(shelf: Shelf) -> None:
    shelf.bytes = ABOVE
    job, other = DrivenJob(), DrivenJob("bob")
    assert is_refused(job)
    assert "You store 101.0 GiB, and may store 100 GiB. Delete files or jobs" in job.data()["error"]
    assert not is_refused(other)


@IN_MEMORY
@pytest.mark.parametrize("stored", [0, 100 * config.GIB])
def test_up_to_the_quota_a_job_begins(shelf: Shelf, stored: int) -> None:
    shelf.bytes = stored
    assert not is_refused(DrivenJob())


@IN_MEMORY
def test_the_quota_is_a_setting(shelf: Shelf, settings: Settings) -> None:
    shelf.bytes = 2 * config.GIB
    settings(userLimits={"storageGib": 1})
    assert is_refused(DrivenJob())
    settings(userLimits={"storageGib": 2})
    assert not is_refused(DrivenJob())


@IN_MEMORY
@pytest.mark.parametrize("limits", [None, {"storageGib": None}], ids=str)
def test_without_a_quota_nothing_is_counted(shelf: Shelf, settings: Settings, limits: Any) -> None:
    shelf.bytes = ABOVE
    settings(userLimits=limits)
    assert not is_refused(DrivenJob())
    assert shelf.counted == 0


@IN_MEMORY
@pytest.mark.parametrize(
    ("job_input", "refused"),
    [
        ({"operation": "export-user-data"}, True),
        ({"operation": "delete-user-data"}, False),
        ({"operation": "delete-tasks", "where": {"all": True}}, False),
        ({"operation": "update-tasks", "where": {"tag": "old"}, "set": {"status": "completed"}}, False),
        ({"operation": "import-tasks", "source": "user-uploads/ada/list.csv"}, False),
        ({"operation": "run-jobs", "jobs": [{"type": "audio-generation", "input": {"text": "Hello."}}]}, False),
    ],
    ids=lambda value: value["operation"] if isinstance(value, dict) else "",
)
def test_only_a_job_that_makes_files_is_refused(shelf: Shelf, job_input: dict[str, Any], refused: bool) -> None:
    shelf.bytes = ABOVE
    assert is_refused(DrivenJob(type="batch-operation", input=job_input)) is refused


def test_a_users_files_are_counted_once_in_ten_minutes(shelf: Shelf) -> None:
    shelf.bytes = 5
    for _ in range(3):
        assert not is_refused(DrivenJob())
    assert shelf.counted == 1
    shelf.bytes = ABOVE
    assert not is_refused(DrivenJob())  # The bound is soft.
    shelf.age(FRESH)
    assert is_refused(DrivenJob())
    assert shelf.counted == 2


@IN_MEMORY
def test_a_user_who_has_deleted_files_is_counted_again_after_a_minute(shelf: Shelf, queued: list[str]) -> None:
    shelf.bytes = ABOVE
    job = DrivenJob()
    assert is_refused(job)
    assert is_refused(DrivenJob())
    assert shelf.counted == 1
    shelf.bytes = 5
    shelf.age(FRESH_ABOVE)
    retry_job(job.id)
    assert not is_refused(job)


@IN_MEMORY
def test_without_an_answer_the_job_goes_on(shelf: Shelf) -> None:
    shelf.bytes = None
    assert not is_refused(DrivenJob())
    shelf.bytes = 5
    assert not is_refused(DrivenJob())
    assert shelf.counted == 2


@IN_MEMORY
def test_a_job_that_has_begun_is_not_stopped(shelf: Shelf) -> None:
    job = DrivenJob()
    finish(job.take(), FailedTransiently(Unavailable("later"), 60))
    shelf.bytes = ABOVE
    shelf.age(FRESH)
    job.become_due()
    assert not is_refused(job)


@IN_MEMORY
@pytest.mark.parametrize("kept", [7, {}, {"bytes": "many", "countedAt": 5}, {"bytes": 5}], ids=str)
def test_a_count_that_is_none_is_made_anew(shelf: Shelf, kept: object) -> None:
    shelf.bytes = ABOVE
    store().documents.commit([Merge(f"{config.JOB_USERS}/ada", {"stored": kept})])
    assert is_refused(DrivenJob())
