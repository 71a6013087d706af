"""Accounts that were made or deleted: the functions hear of it from Auth, and the events may come in any order."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
from firebase_admin import auth
from firebase_functions.identity_fn import AuthBlockingEvent
from google.cloud.firestore_v1.base_query import FieldFilter

from emulator.accounts import (
    SignedIn,
    delete_as_console,
    delete_as_user,
    delete_in_batch,
    imported,
    profile_of,
    sign_in_anonymously,
    sign_up,
)
from emulator.batch import (
    documents_that_name,
    files_of,
    put_file,
    tasks_of,
    write_documents,
    write_everything,
    write_tasks,
)
from stoker import config
from stoker.access import account, departure
from stoker.access.auth_events import AuthUserEvent
from stoker.accounts.account_copy import account_of_record
from stoker.accounts.account_deletion import DELETION, delete_account
from stoker.accounts.account_events import account_created, account_deleted
from stoker.accounts.orphans import has_data
from stoker.accounts.profile import confirm_profile
from stoker.accounts.sign_up import before_created
from stoker.batch import delete_user_data as delete_module
from stoker.batch.worker import process_batch
from stoker.firebase import app
from stoker.firestore.client import client
from stoker.jobs.attempt import run_attempt
from stoker.models.orphan import orphan_job_id
from stoker.models.user import User
from waiting import until

SECONDS = 120
"""The longest time to wait for deployed functions."""


def events_of(user_id: str) -> list[str]:
    """The names of the server's events."""
    events = client().collection(config.ANALYTICS_EVENTS).where(filter=FieldFilter("userId", "==", user_id))
    return [event.get("name") for event in events.stream()]


def jobs_of(user_id: str) -> dict[str, dict[str, Any]]:
    """A user's jobs, by their ids; without the late pass of a deletion, which runs after an hour."""
    record = departure.find(user_id)
    late = record.late_job_id if record is not None else None
    jobs = client().collection(config.JOBS).where(filter=FieldFilter("userId", "==", user_id))
    return {job.id: job.to_dict() or {} for job in jobs.stream() if job.id != late}


# Deployed functions, real events


def test_every_new_account_gets_a_profile_and_is_recorded_once() -> None:
    made = auth.create_user(display_name="Grace", app=app()).uid
    users = {"anonymous": sign_in_anonymously().id, "e-mail": sign_up().id, "admin": made}
    for way, user_id in users.items():
        until(partial(events_of, user_id), SECONDS, f"The sign-up of {way} is recorded", every=0.1)
        stored = profile_of(user_id)
        assert User.from_firestore(stored).id == user_id
        assert "provisional" not in stored
        assert events_of(user_id) == ["user.signed-up"]
    assert profile_of(made)["displayName"] == "Grace"


def test_whoever_deletes_the_account_nothing_stays() -> None:
    client_side, console, in_batch = users = [sign_up() for _ in range(3)]
    for who in users:
        write_everything(who.id)
    delete_as_user(client_side)
    delete_as_console(console.id)
    delete_in_batch(in_batch.id)
    for who in users:
        until(partial(_is_completed, who), SECONDS, f"The deletion of {who.id} is completed", every=0.1)
        assert files_of(who.id) == set()
        assert not has_data(who.id)
    [job_id] = jobs_of(client_side.id)
    record = departure.find(client_side.id)
    assert record is not None
    left = {f"{config.JOBS}/{job_id}", f"{config.JOBS}/{record.late_job_id}", f"departures/{client_side.id}"}
    assert documents_that_name(client_side.id) == left


def _is_completed(who: SignedIn) -> bool:
    jobs = list(jobs_of(who.id).values())
    return [(job["input"], job["status"], job.get("endHook")) for job in jobs] == [
        (DELETION, "completed", "account-gone")
    ]


# The handlers, on documents of the test's own


@pytest.fixture
def event(undelivered: None, queued: list[str]) -> Callable[[str], AuthUserEvent]:
    """Makes an event; the deployed functions do not hear of what the handlers write."""
    return lambda user_id: AuthUserEvent(uuid4().hex, user_id)


Events = Callable[[str], AuthUserEvent]


def work(job_id: str) -> dict[str, Any]:
    """Makes an attempt at a job; returns the document after it."""
    run_attempt(job_id, process_batch)
    return client().collection(config.JOBS).document(job_id).get().to_dict() or {}


def test_an_event_that_comes_again_changes_nothing(event: Events) -> None:
    who = imported()
    for _ in range(3):
        account_created(event(who.id))
        client().collection(config.USERS).document(who.id).update({"displayName": "Ada"})
    assert (profile_of(who.id)["displayName"], profile_of(who.id)["email"]) == ("Ada", who.email)
    assert events_of(who.id) == ["user.signed-up"]


def test_an_account_that_is_gone_or_locked_gets_no_profile(event: Events) -> None:
    locked = auth.create_user(disabled=True, app=app()).uid
    gone = uuid4().hex
    # In the wrong order: the event of its deletion came first.
    account_deleted(event(gone))
    for user_id in (locked, gone, "a/b", "__strange__", "x" * 200):
        account_created(event(user_id))
    assert list(client().collection(config.USERS).stream()) == []
    assert jobs_of(gone) == {}


def test_the_sign_up_is_recorded_after_the_account_exists(event: Events) -> None:
    who = imported()
    record = account.get(who.id)
    times = SimpleNamespace(creation_time=datetime.now(UTC))
    names: dict[str, Any] = {"email": who.email, "email_verified": False, "display_name": None, "photo_url": None}
    user = SimpleNamespace(uid=who.id, custom_claims=None, metadata=times, provider_data=[], **names)
    sent = cast(AuthBlockingEvent, SimpleNamespace(data=user, locale="de"))
    assert before_created(sent) == {"custom_claims": {"role": "user"}}
    assert (profile_of(who.id)["provisional"], events_of(who.id)) == (True, [])
    account_created(event(who.id))
    assert ("provisional" in profile_of(who.id), events_of(who.id)) == (False, ["user.signed-up"])
    assert confirm_profile(account_of_record(record)).change is None


def test_deletions_that_are_heard_of_twice_make_one_job(event: Events, queued: list[str]) -> None:
    user_id = uuid4().hex
    write_everything(user_id)
    heard = event(user_id)
    for again in (heard, heard, event(user_id)):
        account_deleted(again)
    before = jobs_of(user_id)
    [job_id] = [name for name, job in before.items() if job.get("input") == DELETION]
    job = work(job_id)
    assert (job["status"], job["output"]["removed"]["tasks"]) == ("completed", 5)
    for late in (heard, event(user_id)):
        account_deleted(late)
    assert jobs_of(user_id).keys() == {job_id}
    assert files_of(user_id) == set()


def test_the_event_of_our_own_deletion_starts_no_other(event: Events) -> None:
    who = imported()
    write_tasks(who.id, 3)
    job_id = delete_account(who.id)
    account_deleted(event(who.id))  # even if it came before its time
    assert work(job_id)["status"] == "completed"
    assert account.find(who.id) is None
    account_deleted(event(who.id))
    assert jobs_of(who.id).keys() == {job_id}


def test_a_client_that_has_taken_the_jobs_id_does_not_keep_its_data(event: Events) -> None:
    user_id = uuid4().hex
    heard = event(user_id)
    write_documents(config.JOBS, {orphan_job_id(user_id, heard.id): {"userId": user_id, "status": "completed"}})
    account_deleted(heard)
    [job_id] = [name for name, job in jobs_of(user_id).items() if job.get("input") == DELETION]
    assert work(job_id)["output"]["removed"] == {config.JOBS: 1}


def test_what_is_written_after_a_deletion_is_deleted_by_the_next_delivery(event: Events) -> None:
    user_id = uuid4().hex
    heard = event(user_id)
    for _ in range(2):
        write_tasks(user_id, 1)
        account_deleted(heard)
        [job_id] = [name for name, job in jobs_of(user_id).items() if job["status"] == "pending"]
        assert work(job_id)["status"] == "completed"
        assert tasks_of(user_id) == {}


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_a_deletion_that_did_not_succeed_goes_on_with_the_next_delivery(event: Events, status: str) -> None:
    user_id = uuid4().hex
    write_tasks(user_id, 1)
    heard = event(user_id)
    account_deleted(heard)
    [job_id] = jobs_of(user_id)
    client().collection(config.JOBS).document(job_id).update({"status": status})
    account_deleted(heard)
    assert jobs_of(user_id)[job_id]["status"] == "pending"


@pytest.mark.parametrize("kind", ["profile", "below the profile", "task", "job", "event", "key", "file"])
def test_whatever_is_left_makes_a_deletion(event: Events, kind: str) -> None:
    user_id = uuid4().hex
    own = {"userId": user_id}
    match kind:
        case "profile":
            write_documents(config.USERS, {user_id: {"id": user_id}})
        case "below the profile":
            write_documents(f"{config.USERS}/{user_id}/{config.COMPLETIONS}", {"spring": own})
        case "task":
            write_documents(config.TASKS, {uuid4().hex: own})
        case "job":
            write_documents(config.JOBS, {uuid4().hex: own})
        case "event":
            write_documents(config.ANALYTICS_EVENTS, {uuid4().hex: own})
        case "key":
            write_documents(config.JOB_KEYS, {uuid4().hex: own})
        case "file":
            put_file(f"user-uploads/{user_id}/a.mp4", b"film")
    account_deleted(event(user_id))
    assert DELETION in [job.get("input") for job in jobs_of(user_id).values()]


# An account that is made again under the same uid


def test_an_account_that_was_made_again_keeps_its_data(event: Events) -> None:
    who = imported()
    write_tasks(who.id, 2)
    account_deleted(event(who.id))  # late: the account is there again
    assert jobs_of(who.id) == {}


def test_a_job_that_finds_the_account_made_again_leaves_it_alone(event: Events) -> None:
    user_id = uuid4().hex
    write_tasks(user_id, 2)
    account_deleted(event(user_id))
    [job_id] = jobs_of(user_id)
    imported(user_id)
    job = work(job_id)
    assert (job["status"], len(tasks_of(user_id))) == ("cancelled", 2)
    found = account.find(user_id)
    assert found is not None
    assert not found.disabled


def test_data_of_an_account_that_is_made_again_meanwhile_stays(event: Events, monkeypatch: pytest.MonkeyPatch) -> None:
    user_id = uuid4().hex
    write_tasks(user_id, 2)
    account_deleted(event(user_id))
    [job_id] = jobs_of(user_id)
    delete_files = delete_module.Deletion.delete_files
    new: list[str] = []

    def meddled(deletion: Any) -> None:
        imported(user_id)
        new.extend(write_tasks(user_id, 3))
        put_file(f"user-uploads/{user_id}/new.mp4", b"film")
        delete_files(deletion)

    monkeypatch.setattr(delete_module.Deletion, "delete_files", meddled)
    job = work(job_id)
    assert job["status"] == "cancelled"
    assert sorted(tasks_of(user_id)) == new
    assert files_of(user_id) == {f"user-uploads/{user_id}/new.mp4"}
    found = account.find(user_id)
    assert found is not None
    assert not found.disabled


def test_the_second_deletion_of_a_uid_is_another_one(event: Events) -> None:
    user_id = uuid4().hex
    write_tasks(user_id, 1)
    account_deleted(event(user_id))
    [first] = jobs_of(user_id)
    assert work(first)["status"] == "completed"
    imported(user_id)
    write_tasks(user_id, 1)
    delete_as_console(user_id)
    account_deleted(event(user_id))
    [second] = jobs_of(user_id).keys() - {first}
    assert work(second)["status"] == "completed"
    assert tasks_of(user_id) == {}
