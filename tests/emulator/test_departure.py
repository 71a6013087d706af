"""A deletion that is killed, cancelled or given up at any of its steps: in the end, nothing is left of the user; or the
account is unlocked and can go on. The job says which."""

import contextlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from firebase_admin import auth
from google.api_core.exceptions import PermissionDenied
from google.cloud.firestore import SERVER_TIMESTAMP

from emulator.accounts import imported
from emulator.batch import BatchJob, files_of, put_file, write_everything, write_tasks
from stoker import config
from stoker.access import account, departure
from stoker.access.auth_events import AuthUserEvent
from stoker.accounts.account_events import account_created
from stoker.accounts.orphans import delete_orphan
from stoker.batch import delete_user_data as delete_module
from stoker.firebase import app
from stoker.firestore.client import client
from stoker.jobs.end_hook import run_end_hook
from stoker.jobs.sweeper import sweep
from stoker.queries import trees
from stoker.storage.client import bucket
from stoker_tools.samples.user import SampleUser

DELETE = {"operation": "delete-user-data"}


class Killed(BaseException):
    """The process is gone: nothing of the attempt runs any more."""


@pytest.fixture
def ada(undelivered: None, queued: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A user with an account. The deployed functions hear of the account's deletion, and find none of its documents
    and files."""
    monkeypatch.setattr(config, "JOBS", f"departures-{uuid4().hex[:8]}")
    name = f"ada-{uuid4().hex}"
    imported(name)
    with monkeypatch.context() as patch:
        patch.setenv("FIREBASE_CONFIG", json.dumps({"storageBucket": f"demo-{uuid4().hex}.appspot.com"}))
        bucket.cache_clear()
        write_everything(name, tasks=1)
        yield name
        bucket.cache_clear()


def job_of(job_id: str) -> BatchJob:
    """A job that is there already."""
    job = BatchJob.__new__(BatchJob)
    job.reference = client().collection(config.JOBS).document(job_id)
    return job


def left_of(user_id: str) -> set[str]:
    """The collections that hold something of a user's, files included."""
    collections = (*config.user_trees(), *config.user_documents(), config.JOB_KEYS)
    found = {name for name in collections if trees.count_owned(name, user_id)}
    documents = (config.USERS, config.DEPARTURES, config.JOB_USERS)
    found |= {name for name in documents if client().document(f"{name}/{user_id}").get().exists}
    return found | ({"files"} if files_of(user_id) else set())


STEPS: dict[str, tuple[Any, str, bool]] = {
    "before the lock": (account, "lock", True),
    "after the lock": (account, "lock", False),
    "at the first page": (delete_module.Deletion, "delete_page", True),
    "after the first page": (delete_module.Deletion, "delete_page", False),
    "at the files": (delete_module.Deletion, "delete_files", True),
    "after the files": (delete_module.Deletion, "delete_files", False),
    "before the account goes": (account, "delete", True),
    "after the account is gone": (account, "delete", False),
}


@contextlib.contextmanager
def at(step: str, do: Callable[[], object]) -> Iterator[None]:
    """Does something once at a step of a deletion."""
    place, name, before = STEPS[step]
    doing = iter([do])
    usual = getattr(place, name)

    def meddled(*arguments: Any) -> None:
        if not before:
            usual(*arguments)
        next(doing, lambda: None)()
        if before:
            usual(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, name, meddled)
        yield


def kill() -> None:
    raise Killed


def end_killed_at(job: BatchJob, step: str) -> None:
    """Makes an attempt that dies at a step."""
    with at(step, kill), pytest.raises(Killed):
        job.work()
    job.lapse()


def check_gone(user_id: str, job: BatchJob) -> None:
    """Nothing is left but receipts; the late pass finds what a token has written since; then the record goes too."""
    assert account.find(user_id) is None
    record = departure.find(user_id)
    assert record is not None
    assert record.gone_at is not None
    assert record.late_job_id is not None
    late = job_of(record.late_job_id)
    assert late.data()["runAfter"] == record.gone_at + timedelta(minutes=65)
    write_tasks(user_id, 1)
    put_file(f"user-uploads/{user_id}/late.mp4", b"late")
    late.reference.update({"runAfter": datetime.now(UTC) - timedelta(seconds=1)})
    assert (late.work()["status"], late.data()["endHook"]) == ("completed", "account-gone")
    assert left_of(user_id) == {config.JOBS}
    assert [one.id for one in client().collection(config.JOBS).stream()] == [late.id]


def check_whole(user_id: str, job: BatchJob) -> None:
    """The account is unlocked, has a profile, and nothing goes on."""
    found = account.find(user_id)
    assert found is not None
    assert not found.disabled
    assert client().document(f"users/{user_id}").get().exists
    assert departure.find(user_id) is None
    assert job.data()["endHook"] == "account-unlocked"


def check_either(user_id: str, job: BatchJob) -> None:
    """The account is gone or whole, and the job says which."""
    sweep()
    if account.find(user_id) is None:
        assert job.data()["endHook"] == "account-gone"
        check_gone(user_id, job)
    else:
        check_whole(user_id, job)


@pytest.mark.parametrize("step", STEPS)
def test_killed_there_it_goes_on(ada: str, step: str) -> None:
    job = BatchJob(ada, DELETE)
    end_killed_at(job, step)
    data = job.work()
    assert (data["status"], data["endHook"]) == ("completed", "account-gone")
    assert data["output"]["removed"]["accounts"] == 1
    check_gone(ada, job)


@pytest.mark.parametrize("step", STEPS)
def test_killed_and_cancelled_there_the_account_is_gone_or_unlocked(ada: str, step: str) -> None:
    job = BatchJob(ada, DELETE)
    end_killed_at(job, step)
    job.reference.update({"cancelRequested": True})
    assert job.work()["status"] == "cancelled"
    check_either(ada, job)


@pytest.mark.parametrize("step", STEPS)
def test_cancelled_there_the_account_is_gone_or_unlocked(ada: str, step: str) -> None:
    job = BatchJob(ada, DELETE)
    with at(step, lambda: job.reference.update({"cancelRequested": True})):
        assert job.work()["status"] == "cancelled"
    check_either(ada, job)


@pytest.mark.parametrize("step", STEPS)
def test_out_of_attempts_there_the_account_is_gone_or_unlocked(ada: str, step: str) -> None:
    job = BatchJob(ada, DELETE, maxAttempts=1)
    end_killed_at(job, step)
    assert job.work()["errorCode"] == "attempts-exhausted"
    check_either(ada, job)


@pytest.mark.parametrize("step", ["before the lock", "after the lock"])
def test_a_retry_that_has_lost_its_checkpoint_knows_our_own_lock(ada: str, step: str) -> None:
    job = BatchJob(ada, DELETE)
    end_killed_at(job, step)
    job.reference.update({"checkpoint": {}, "cancelRequested": False})
    with at(step, lambda: job.reference.update({"cancelRequested": True})):
        assert job.work()["status"] == "cancelled"
    check_whole(ada, job)


def test_a_second_deletion_takes_the_lock_over(ada: str) -> None:
    first, second = BatchJob(ada, DELETE), BatchJob(ada, DELETE)
    end_killed_at(first, "after the lock")
    end_killed_at(second, "after the lock")
    first.reference.update({"cancelRequested": True})
    assert (first.work()["status"], first.data()["endHook"]) == ("cancelled", "left-to-another-job")
    second.reference.update({"cancelRequested": True})
    assert second.work()["status"] == "cancelled"
    check_whole(ada, second)


@pytest.mark.parametrize("times", [1, 3])
def test_a_hook_that_is_lost_or_runs_again_writes_one_late_pass(ada: str, times: int) -> None:
    job = BatchJob(ada, DELETE)
    end_killed_at(job, "after the account is gone")
    job.reference.update({"cancelRequested": True})
    with pytest.MonkeyPatch.context() as patch, contextlib.suppress(Killed):
        patch.setattr("stoker.accounts.account_deletion.account.find", lambda _: kill())
        job.work()
    for _ in range(times):
        job.reference.update({"endHook": "due"})
        run_end_hook(job.id)
    check_gone(ada, job)


def test_the_owner_of_an_account_that_an_admin_has_locked_can_not_delete_it(ada: str) -> None:
    auth.update_user(ada, disabled=True, app=app())
    before = left_of(ada)
    job = BatchJob(ada, DELETE)
    data = job.work()
    assert (data["status"], data["errorCode"]) == ("failed", "account-locked")
    assert left_of(ada) == before
    found = account.find(ada)
    assert found is not None
    assert found.disabled


def test_the_late_pass_leaves_an_account_alone_that_was_made_again(ada: str) -> None:
    job = BatchJob(ada, DELETE)
    assert job.work()["status"] == "completed"
    record = departure.find(ada)
    assert record is not None
    imported(ada)
    tasks = write_tasks(ada, 2)
    late = job_of(str(record.late_job_id))
    late.reference.update({"runAfter": datetime.now(UTC) - timedelta(seconds=1)})
    assert late.work()["status"] == "completed"
    assert trees.count_owned(config.TASKS, ada) == len(tasks)
    assert account.find(ada) is not None
    assert departure.find(ada) is None


def test_an_account_that_is_made_again_may_write_at_once(ada: str) -> None:
    assert BatchJob(ada, DELETE).work()["status"] == "completed"
    imported(ada)
    account_created(AuthUserEvent(id="1", user_id=ada))
    assert departure.find(ada) is None


def test_what_is_left_of_an_orphan_is_looked_for_again_later(ada: str) -> None:
    account.delete(ada)
    job_id = delete_orphan(ada, "an event")
    assert job_id is not None
    job = job_of(job_id)
    assert job.work()["status"] == "completed"
    check_gone(ada, job)


@pytest.mark.parametrize("step", ["at the first page", "after the files"])
def test_an_orphans_deletion_unlocks_nothing_of_an_account_that_is_made_again(ada: str, step: str) -> None:
    account.delete(ada)
    job = job_of(str(delete_orphan(ada, "an event")))
    end_killed_at(job, step)
    imported(ada)
    auth.update_user(ada, disabled=True, app=app())
    assert (job.work()["status"], job.data()["endHook"]) == ("cancelled", "account-made-again")
    found = account.find(ada)
    assert found is not None
    assert found.disabled
    assert departure.find(ada) is None


def test_a_token_that_is_kept_writes_no_task_project_or_job(user: SampleUser) -> None:
    *_, job = user.watch(user.write_job(DELETE, type="batch-operation"))
    assert job["status"] == "completed", job.get("error")
    own = {"userId": user.id, "createdAt": SERVER_TIMESTAMP, "updatedAt": SERVER_TIMESTAMP}
    for path, fields in (("tasks/kept", {"title": "Water"}), ("projects/kept", {"name": "Garden"})):
        with pytest.raises(PermissionDenied):
            user.firestore.document(path).create({"id": "kept", **own, **fields})
    with pytest.raises(PermissionDenied):
        user.write_job({"operation": "export-user-data"}, type="batch-operation")
