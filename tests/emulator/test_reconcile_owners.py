"""The daily reconcile finds owners whose account is gone without an event, in every collection and in the bucket."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from firebase_admin import delete_app, initialize_app
from google.api_core.exceptions import ServiceUnavailable
from google.cloud.firestore_v1 import Query
from google.cloud.firestore_v1.base_query import FieldFilter

from emulator.accounts import imported
from emulator.batch import files_of, put_file, tasks_of, write_documents, write_everything, write_tasks
from stoker import config
from stoker.accounts import cursor, owners
from stoker.accounts import reconcile_owners as module
from stoker.accounts.account_deletion import DELETION
from stoker.accounts.orphans import delete_orphan
from stoker.accounts.owners_round import PLACE, YOUNG
from stoker.accounts.reconcile_owners import reconcile_owners
from stoker.batch.worker import process_batch
from stoker.firebase import app
from stoker.firestore.client import client
from stoker.jobs.attempt import run_attempt
from stoker.storage.client import bucket

TODAY = datetime.now(UTC) + 2 * YOUNG
"""A day on which the documents of the tests are old enough."""


@pytest.fixture(autouse=True)
def _own_services(undelivered: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Separate documents and a separate bucket, because a reconcile looks at everything."""
    with monkeypatch.context() as patch:
        patch.setenv("FIREBASE_CONFIG", json.dumps({"storageBucket": f"demo-{uuid4().hex}.appspot.com"}))
        bucket.cache_clear()
        imported()  # a project without any account is spared
        yield
        bucket.cache_clear()


@pytest.fixture
def own_accounts(_own_services: None) -> Iterator[None]:
    """Separate accounts, in a separate project."""
    project = app().project_id
    delete_app(app())
    yield
    delete_app(app())
    initialize_app(options={"projectId": project})


def gone() -> str:
    """A user whose account is gone."""
    return uuid4().hex


def deletions() -> dict[str, str]:
    """The owners of the deletions that there are, by the jobs' ids."""
    jobs = client().collection(config.JOBS).where(filter=FieldFilter("input.operation", "==", DELETION["operation"]))
    return {job.id: job.get("userId") for job in jobs.stream()}


def test_whatever_is_left_its_owner_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owners, "PAGE", 2)  # so that there are pages
    users = {kind: gone() for kind in ("profile", "task", "project", "job", "event", "key", "upload", "output")}
    write_documents(config.USERS, {users["profile"]: {"id": users["profile"]}})
    collections = {
        "task": config.TASKS,
        "project": config.PROJECTS,
        "job": config.JOBS,
        "event": config.ANALYTICS_EVENTS,
        "key": config.JOB_KEYS,
    }
    for kind, collection in collections.items():
        write_documents(collection, {uuid4().hex: {"userId": users[kind]} for _ in range(3)})
    put_file(f"user-uploads/{users['upload']}/a.mp4", b"film")
    put_file(f"job-outputs/{users['output']}/job/1/a.mp4", b"film")
    there = imported()
    write_everything(there.id)
    write_documents(config.TASKS, {uuid4().hex: {"userId": imported().id} for _ in range(2 * len(users))})
    done = reconcile_owners(TODAY)
    assert sorted(deletions().values()) == sorted(users.values())
    assert sorted(done.jobs) == sorted(deletions())
    assert (done.spared, done.failed) == (0, [])
    for job_id in done.jobs:
        run_attempt(job_id, process_batch)
    assert len(tasks_of(there.id)) == 5
    assert not any(tasks_of(user_id) or files_of(user_id) for user_id in users.values())
    # The receipts are no reason for another deletion.
    assert reconcile_owners(TODAY + timedelta(days=1)).jobs == []


@pytest.mark.parametrize("size", [1, 2, 100])
def test_uids_that_begin_alike_are_all_found(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(owners, "PAGE", size)
    begin = uuid4().hex
    users = [f"{begin}{end}" for end in ("", "-b", "0", "ä", "~")]
    for user_id in users:
        put_file(f"user-uploads/{user_id}/a.mp4", b"film")
        write_documents(config.PROJECTS, {uuid4().hex: {"userId": user_id}})
    for source in owners.sources():
        if source.name in ("user-uploads", config.PROJECTS):
            found, after = list[str](), ""
            while True:
                page = source.page(after)
                found += page.uids
                if page.after is None:
                    break
                after = page.after
            assert sorted(found) == sorted(users), source.name


def test_an_owner_of_many_things_gets_one_job_however_often_it_is_looked_at() -> None:
    user_id = gone()
    write_everything(user_id)
    first = reconcile_owners(TODAY)
    assert (first.jobs, reconcile_owners(TODAY).jobs) == (list(deletions()), [])
    assert reconcile_owners(TODAY + timedelta(days=1)).jobs == []  # it still waits


def test_provisional_profiles_and_impossible_owners_are_left_alone() -> None:
    write_documents(config.USERS, {gone(): {"provisional": True}})
    strange: list[Any] = ["", "a/b", "__x__", "x" * 200, 7, None, {"a": 1}]
    write_documents(config.TASKS, {uuid4().hex: {"userId": owner} for owner in strange})
    done = reconcile_owners(TODAY)
    assert (done.jobs, done.failed, deletions()) == ([], [], {})


def test_an_owner_that_is_no_user_may_keep_its_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "kept_owners", lambda: ("nightly-script",))
    write_tasks("nightly-script", 1)
    assert reconcile_owners(TODAY).jobs == []


def test_each_owner_costs_a_read_for_each_collection_however_much_they_own(monkeypatch: pytest.MonkeyPatch) -> None:
    users = [imported().id for _ in range(3)]
    for user_id in users:
        write_tasks(user_id, 20)
        write_documents(config.USERS, {user_id: {"id": user_id}})
    read: list[int] = []
    get = Query.get

    def counted(*arguments: Any, **named: Any) -> Any:
        found = get(*arguments, **named)
        read.append(max(1, len(found)))  # an empty answer costs a read too
        return found

    monkeypatch.setattr(Query, "get", counted)
    done = reconcile_owners(TODAY)
    assert done.looked_at == 2 * len(users)
    ends = len(config.user_trees()) + len(config.user_documents()) + 1  # each collection's end is a query as well
    assert sum(read) == 2 * len(users) + ends


def test_it_goes_on_where_the_last_reconcile_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owners, "PAGE", 2)
    # They come last. If most owners that a run has read so far had no account, the run would stop.
    users = {f"z{gone()}" for _ in range(5)}
    everyone = [*users, *(imported().id for _ in range(10))]
    for user_id in everyone:
        write_documents(config.TASKS, {uuid4().hex: {"userId": user_id}})
        put_file(f"user-uploads/{user_id}/a.mp4", b"film")
    done = [reconcile_owners(TODAY, seconds=0)]
    while "sources" in cursor.record(PLACE):
        assert len(done) < 60
        done.append(reconcile_owners(TODAY, seconds=0))
    assert max(one.looked_at for one in done) <= 2 * len(owners.sources())
    assert {one.spared for one in done} == {0}
    # Each is seen in tasks, in files, and some of the new jobs' owners among the jobs.
    assert set(deletions().values()) == users


def test_what_is_younger_than_a_day_waits_wherever_it_is() -> None:
    """A backend writes documents for a uid before its first sign-in, or accounts are restored after documents."""
    for place in ("profile", "task", "file"):
        user_id = gone()
        match place:
            case "profile":
                write_documents(config.USERS, {user_id: {"id": user_id}})
            case "task":
                write_tasks(user_id, 1)
            case "file":
                put_file(f"user-uploads/{user_id}/a.mp4", b"film")
    assert reconcile_owners(datetime.now(UTC)).jobs == []
    assert len(reconcile_owners(TODAY).jobs) == 3


def test_a_place_that_is_there_no_longer_means_the_beginning() -> None:
    user_id = gone()
    write_tasks(user_id, 1)
    cursor.save(PLACE, None, sources={"formerly": {"after": "zoe", "read": 7}}, orphans=1)
    assert list(deletions().values()) == [] != reconcile_owners(TODAY).jobs
    assert list(deletions().values()) == [user_id]


def test_where_nobody_has_an_account_nothing_is_deleted(capsys: pytest.CaptureFixture[str]) -> None:
    """Documents were restored without their accounts, or all accounts are those of tenants."""
    owners = [gone() for _ in range(4)]
    write_documents(config.TASKS, {uuid4().hex: {"userId": user_id} for user_id in owners})
    done = reconcile_owners(TODAY)
    assert (done.jobs, done.spared, deletions()) == ([], 4, {})
    assert "owners-without-accounts" in capsys.readouterr().err
    write_documents(config.TASKS, {uuid4().hex: {"userId": imported().id} for _ in range(4)})
    assert len(reconcile_owners(TODAY).jobs) == 4


@pytest.mark.usefixtures("own_accounts")
def test_in_a_project_without_accounts_nothing_is_deleted() -> None:
    write_tasks(gone(), 1)
    done = reconcile_owners(TODAY)
    assert (done.jobs, done.spared) == ([], 1)
    imported()
    assert len(reconcile_owners(TODAY).jobs) == 1


def test_one_owner_keeps_no_other_from_deletion(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = sorted([gone(), gone()])
    write_tasks(first, 1)
    write_tasks(second, 1)

    def failing(user_id: str, occasion: str) -> str | None:
        if user_id == first:
            raise ServiceUnavailable("down")
        return delete_orphan(user_id, occasion)

    monkeypatch.setattr(module, "delete_orphan", failing)
    done = reconcile_owners(TODAY)
    assert (done.failed, list(deletions().values())) == ([first], [second])
