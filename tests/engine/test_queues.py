"""Every step puts a job into the queue of its type, and the deletion of an account into a separate queue."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.driven import DrivenJob, finish
from engine.stores import FIRESTORE_IN_SOAK
from stoker.errors import Unavailable
from stoker.jobs.attempt import begin_attempt
from stoker.jobs.children import child_id
from stoker.jobs.commands import retry_job
from stoker.jobs.dispatch import dispatch
from stoker.jobs.events import FailedTransiently, MadeChildren, OutOfTime
from stoker.jobs.sweeper import sweep

pytestmark = FIRESTORE_IN_SOAK

Settings = Callable[..., None]
FILM: dict[str, Any] = {}
SPEECH: dict[str, Any] = {"type": "audio-generation", "input": {"text": "Hello."}}
BATCH: dict[str, Any] = {"type": "batch-operation", "input": {"operation": "export-user-data"}}
DELETION: dict[str, Any] = {"type": "batch-operation", "input": {"operation": "delete-user-data"}}

each_job = pytest.mark.parametrize(
    ("fields", "queue"),
    [
        (FILM, "videoprocessing"),
        (SPEECH, "audiogeneration"),
        (BATCH, "batchoperation"),
        (DELETION, "accountdeletion"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)


@each_job
def test_a_new_job(queues: list[str], fields: dict[str, Any], queue: str) -> None:
    dispatch(DrivenJob(**fields).found())
    assert queues == [queue]


@each_job
@pytest.mark.parametrize("event", [OutOfTime(), FailedTransiently(Unavailable("no"), 5.0)], ids=["turn", "failure"])
def test_a_job_that_is_tried_again(
    queues: list[str], fields: dict[str, Any], queue: str, event: OutOfTime | FailedTransiently
) -> None:
    finish(DrivenJob(**fields).take(), event)
    assert queues == [queue]


@each_job
def test_a_job_that_is_retried_by_hand(queues: list[str], fields: dict[str, Any], queue: str) -> None:
    retry_job(DrivenJob(**fields, status="failed").id)
    assert queues == [queue]


@each_job
@pytest.mark.parametrize("lost", ["event", "time", "worker"])
def test_a_job_that_the_sweeper_finds(queues: list[str], fields: dict[str, Any], queue: str, lost: str) -> None:
    now = datetime.now(UTC)
    job = DrivenJob(**{**fields, "createdAt": now - timedelta(hours=1)})
    if lost == "time":
        job.update({"runAfter": now - timedelta(seconds=1)})
    elif lost == "worker":
        job.take()
        job.lapse()
    sweep()
    assert queues == [queue]


def test_a_job_that_waited_for_a_place(queues: list[str], settings: Settings) -> None:
    settings(userLimits={"atOnce": 1})
    first, second = DrivenJob(**SPEECH).take(), DrivenJob(**SPEECH)
    assert begin_attempt(second.id) is None
    finish(first, OutOfTime())
    assert queues == ["audiogeneration"] * 2


def test_a_child_that_is_made_again(queues: list[str]) -> None:
    parent = DrivenJob(**BATCH)
    lease = parent.take()
    left = DrivenJob(**SPEECH).data()
    child = DrivenJob.there(child_id(parent.id, 0))
    child.set({**left, "id": child.id, "parentId": parent.id, "stage": "queued"})
    finish(lease, MadeChildren(1))
    assert queues == ["audiogeneration"]


def test_a_type_without_deletions_has_one_queue(queues: list[str]) -> None:
    """A client may write any input. The job fails when it is read."""
    job = DrivenJob(type="video-processing", input={"operation": "delete-user-data"})
    dispatch(job.found())
    assert (job.status, queues) == ("failed", [])
