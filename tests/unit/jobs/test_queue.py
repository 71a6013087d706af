"""The way into Cloud Tasks and Firebase Auth: nothing that hangs keeps its caller for longer than the caller has."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import firebase_admin
import pytest
from firebase_admin import exceptions, functions

from stoker import firebase
from stoker.firestore.deadline import deadline
from stoker.jobs import queue
from stoker.jobs.states import JobState

HOLIDAY = JobState("holiday", type="video-processing")


class Hanging:
    """A queue whose answer does not come before the test ends."""

    def __init__(self) -> None:
        self.asked = 0
        self.over = threading.Event()

    def enqueue(self, payload: Any, options: Any) -> None:
        self.asked += 1
        self.over.wait(5)


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hanging]:
    own = Hanging()
    monkeypatch.setattr(queue, "app", lambda: None)
    monkeypatch.setattr(functions, "task_queue", lambda name, app: own)
    yield own
    own.over.set()


def test_a_queue_that_hangs_takes_no_longer_than_the_deadline(hanging: Hanging) -> None:
    with deadline(0.1), pytest.raises(exceptions.DeadlineExceededError):
        queue.enqueue(HOLIDAY, "created")


def test_after_the_deadline_a_queue_is_not_asked(hanging: Hanging) -> None:
    with deadline(0), pytest.raises(exceptions.DeadlineExceededError):
        queue.enqueue(HOLIDAY, "created")
    assert hanging.asked == 0


def test_without_a_deadline_a_queue_has_some_seconds(hanging: Hanging, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "SECONDS", 0.1)
    with pytest.raises(exceptions.DeadlineExceededError):
        queue.enqueue(HOLIDAY, "created")


@pytest.mark.parametrize(("minutes", "asked"), [(5, 1), (65, 0)])
def test_a_task_for_later_takes_no_place_of_the_emulators_queue(
    minutes: int, asked: int, hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNCTIONS_EMULATOR", "true")
    hanging.over.set()
    queue.enqueue(HOLIDAY, "created", datetime.now(UTC) + timedelta(minutes=minutes))
    assert hanging.asked == asked


def test_an_error_of_the_queue_is_the_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str, app: object) -> Any:
        raise exceptions.PermissionDeniedError("no")

    monkeypatch.setattr(queue, "app", lambda: None)
    monkeypatch.setattr(functions, "task_queue", refuse)
    with pytest.raises(exceptions.PermissionDeniedError):
        queue.enqueue(HOLIDAY, "created")


@pytest.mark.parametrize("project", ["my-project", None])
def test_each_try_at_firebase_auth_takes_some_seconds_at_most(
    monkeypatch: pytest.MonkeyPatch, project: str | None
) -> None:
    """The SDK would wait for 120 s, and try again after that. Many callers have 60 s in all."""
    made: list[dict[str, Any]] = []

    def refused() -> None:
        raise ValueError("There is no app yet.")

    monkeypatch.setattr(firebase_admin, "get_app", refused)
    monkeypatch.setattr(firebase_admin, "initialize_app", lambda options: made.append(options))
    firebase.start(project)
    assert made[0].pop("httpTimeout") <= 10
    assert made == [{"projectId": project} if project else {}]
