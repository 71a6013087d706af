"""An app with a collection `tasks` of its own, Stoker's tasks under another name, and documents of its own."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from google.api_core.exceptions import PermissionDenied
from google.cloud import firestore

from adopter.own_suite import OwnSuite
from emulator.calling import call, refusal, token_with
from stoker_tools.samples.user import SampleUser
from waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def open_task(user: SampleUser) -> dict[str, Any]:
    """Return an open task of yesterday: a task that was open for a moment gives no XP."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    return {
        "id": f"t{uuid4().hex}",
        "userId": user.id,
        "title": "Water the plants",
        "status": "todo",
        "priority": "high",
        "createdAt": yesterday,
        "updatedAt": yesterday,
    }


def complete(suite: OwnSuite, user: SampleUser, collection: str) -> None:
    """Let a user complete a task of yesterday, through the rules."""
    task = open_task(user)
    suite.database.collection(collection).document(task["id"]).set(task)
    change = {"status": "completed", "updatedAt": firestore.SERVER_TIMESTAMP}
    user.firestore.collection(collection).document(task["id"]).update(change)


def xp_of(suite: OwnSuite, user: SampleUser) -> int:
    profile = suite.database.collection("users").document(user.id).get().to_dict() or {}
    return int(profile.get("progress", {}).get("xp", 0))


def test_only_tasks_of_stoker_give_xp(suite: OwnSuite, bob: SampleUser) -> None:
    until(lambda: suite.database.collection("users").document(bob.id).get().exists, 30, "Bob has a profile")
    complete(suite, bob, "tasks")
    complete(suite, bob, "todoItems")
    until(lambda: xp_of(suite, bob), 60, "Bob has XP")
    # The app's own task was completed first. A second task of Stoker gives a function the time to count it.
    once = xp_of(suite, bob)
    complete(suite, bob, "todoItems")
    until(lambda: xp_of(suite, bob) > once, 60, "Bob has more XP")
    assert suite.database.collection("users").document(bob.id).get().get("progress.stats.completed") == 2
    given = [*suite.database.collection("users").document(bob.id).collection("completions").list_documents()]
    assert len(given) == 2


def test_the_rules_of_the_app_for_its_own_tasks_stay(ada: SampleUser) -> None:
    """Stoker's rules would refuse this title."""
    ada.firestore.collection("tasks").document("anything").set({"title": 7})
    assert ada.firestore.collection("tasks").document("anything").get().get("title") == 7
    with pytest.raises(PermissionDenied):
        ada.firestore.collection("todoItems").document("anything").set({"title": 7})


def test_own_documents_follow_the_rules_of_their_registration(ada: SampleUser, bob: SampleUser) -> None:
    note = ada.firestore.collection("notes").document()
    now = firestore.SERVER_TIMESTAMP
    good = {"id": note.id, "userId": ada.id, "text": "Buy milk", "createdAt": now, "updatedAt": now}
    note.set(good)
    assert note.get().get("text") == "Buy milk"
    note.update({"pinned": True, "updatedAt": now})
    with pytest.raises(PermissionDenied):
        bob.firestore.collection("notes").document(note.id).get()
    for wrong in ({"text": ""}, {"text": 7}, {"colour": "red"}, {"userId": bob.id}):
        other = ada.firestore.collection("notes").document()
        with pytest.raises(PermissionDenied):
            other.set({**good, "id": other.id, **wrong})


def test_an_own_function_is_guarded(ada: SampleUser) -> None:
    assert refusal(call("pinNote", {"id": "n"}, None)) == (401, "UNAUTHENTICATED", "unauthenticated")
    assert refusal(call("pinNote", {"id": "n"}, ada.token)) == (403, "PERMISSION_DENIED", "permission-denied")
    admin = SampleUser.sign_up()
    answer = call("pinNote", {"id": "n"}, token_with(admin, {"role": "admin"}))
    assert answer.json() == {"result": {"id": "n"}}
