"""`delete-user-data`: nothing of the user is left, and all of everyone else's."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from emulator.accounts import imported
from emulator.batch import BatchJob, documents_that_name, files_of, put_file, write_documents, write_everything
from stoker import config
from stoker.access import account, departure
from stoker.batch import delete_user_data as delete_module
from stoker.errors import TimeIsUp
from stoker.firestore.client import client
from stoker.jobs import settings
from stoker.jobs.attempt import begin_attempt
from stoker.jobs.lease import Lease
from stoker.queries import trees
from stoker_tools.samples.user import SampleUser
from waiting import until

DELETE = {"operation": "delete-user-data"}


def receipts(job_id: str, user_id: str) -> set[str]:
    """Return the documents that a deletion leaves for a while: its job, the late pass, and the record for the rules."""
    job = client().collection(config.JOBS).document(job_id)
    until(lambda: (job.get().to_dict() or {})["endHook"] == "account-gone")
    record = departure.find(user_id)
    assert record is not None
    jobs = (job_id, record.late_job_id)
    return {f"{config.DEPARTURES}/{user_id}", *(f"{config.JOBS}/{name}" for name in jobs)}


def test_a_user_deletes_everything(user: SampleUser) -> None:
    write_everything(user.id)
    neighbour = f"{user.id}m"  # whose id begins with the same letters
    write_everything(neighbour)
    theirs = (documents_that_name(neighbour), files_of(neighbour))
    *_, job = user.watch(user.write_job(DELETE, type="batch-operation"))
    assert job["status"] == "completed", job.get("error")
    assert job["output"]["removed"] == {
        "accounts": 1,
        "processingJobs": 1,
        "tasks": 5,
        "projects": 1,
        "analyticsEvents": 2,  # one of them records the sign-up
        "jobKeys": 1,
        "users": 1,
        "subcollections": 4,
        "files": 5,
    }
    assert (job["output"]["total"], job["output"]["failed"]) == (21, 0)
    expected = receipts(job["id"], user.id)
    assert documents_that_name(user.id) - theirs[0] == expected
    assert files_of(user.id) == set()
    assert account.find(user.id) is None
    assert (documents_that_name(neighbour), files_of(neighbour)) == theirs
    assert set(job) - {"endHook"} == {
        *("id", "userId", "type", "input", "status", "createdAt", "progress", "stage", "output", "attempt"),
        *("startedAt", "updatedAt", "completedAt", "expiresAt", "endedBy", "workSeconds"),
    }
    assert job["expiresAt"] - datetime.now(UTC) < timedelta(days=1, minutes=1)


@pytest.fixture
def ada(monkeypatch: pytest.MonkeyPatch) -> str:
    """A user with an account, whose jobs the deployed functions do not hear of."""
    monkeypatch.setattr(config, "JOBS", "batchTests")
    name = f"ada-{uuid4().hex}"
    return imported(name).id


def test_a_file_with_the_name_of_the_users_folder_is_deleted_too(ada: str) -> None:
    put_file(f"user-uploads/{ada}", b"film")
    put_file(f"user-uploads/{ada}/b.mp4", b"film")
    put_file(f"user-uploads/{ada}m", b"a neighbour's")
    job = BatchJob(ada, DELETE).work()
    assert (job["status"], job["output"]["removed"]["files"]) == ("completed", 2)
    assert files_of(ada) == set()
    assert files_of(f"{ada}m") == {f"user-uploads/{ada}m"}


@pytest.mark.parametrize("user_id", ["a b", "*", 'ada"; --', "ädä", "x" * 128])
def test_a_user_may_have_any_id(user_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "JOBS", "batchTests")
    write_documents("tasks", {uuid4().hex: {"userId": user_id}, (other := uuid4().hex): {"userId": f"{user_id}2"}})
    job = BatchJob(user_id, DELETE).work()
    assert job["status"] == "completed", job.get("error")
    assert job["output"]["removed"] == {"tasks": 1}
    assert client().document(f"tasks/{other}").get().exists


def test_jobs_that_run_end_and_what_they_still_make_is_found(ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    running = BatchJob(ada, {"operation": "export-user-data"})
    held = begin_attempt(running.id)
    assert isinstance(held, Lease)
    # Long enough for a busy machine to delete the job and to upload what it still makes.
    running.reference.update({"lease.expiresAt": datetime.now(UTC) + timedelta(seconds=10)})
    deletion = BatchJob(ada, DELETE)

    def uploads() -> None:
        until(lambda: deletion.data().get("stage") == "waiting-for-running-jobs")
        assert not running.reference.get().exists
        put_file(f"job-outputs/{ada}/{running.id}/1/export-001.zip", b"late")

    late = threading.Thread(target=uploads)
    late.start()
    job = deletion.work()
    late.join()
    assert (job["status"], job["output"]["removed"]) == ("completed", {"accounts": 1, "batchTests": 1, "files": 1})
    assert files_of(ada) == set()


def test_the_account_is_locked_while_it_goes_and_free_again_when_that_is_cancelled(
    ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_everything(ada)
    job = BatchJob(ada, DELETE)
    seen: list[Any] = []
    delete_page = delete_module.Deletion.delete_page

    def watched(*arguments: Any) -> None:
        found = account.find(ada)
        seen.append(found is not None and found.disabled)
        job.reference.update({"cancelRequested": True})
        delete_page(*arguments)

    monkeypatch.setattr(delete_module.Deletion, "delete_page", watched)
    data = job.work()
    assert (data["status"], seen) == ("cancelled", [True])
    found = account.find(ada)
    assert found is not None
    assert not found.disabled


def test_what_the_engine_keeps_of_the_users_jobs_goes_too(ada: str) -> None:
    settings_document = client().document(f"{config.ADMIN_DATA}/{config.JOB_SETTINGS}")
    settings_document.set({"userLimits": {"atOnce": 3}})
    settings.forget()
    try:
        job = BatchJob(ada, DELETE, dedupeKey="ada@example.com").work()
    finally:
        settings_document.delete()
        settings.forget()
    assert (job["status"], "dedupeKey" in job) == ("completed", False)
    expected = receipts(job["id"], ada)
    assert documents_that_name(ada) == expected


def test_a_deletion_that_has_given_its_place_up_counts_nothing_again(ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write_everything(ada)
    counted: list[str] = []
    count_owned, delete_page = trees.count_owned, delete_module.Deletion.delete_page

    def counts(collection: str, user_id: str) -> int:
        counted.append(collection)
        return count_owned(collection, user_id)

    def gives_up(*arguments: Any) -> None:
        delete_page(*arguments)
        raise TimeIsUp("Other jobs wait.")

    monkeypatch.setattr(trees, "count_owned", counts)
    monkeypatch.setattr(delete_module.Deletion, "delete_page", gives_up)
    job = BatchJob(ada, DELETE)
    first = job.work()
    assert (first["status"], first["attempt"]) == ("pending", 0)
    found = account.find(ada)
    assert found is not None
    assert found.disabled  # It stays locked until the job has ended.
    at_first = len(counted)
    monkeypatch.setattr(delete_module.Deletion, "delete_page", delete_page)
    assert job.work()["status"] == "completed"
    assert len(counted) == at_first > 0


def test_jobs_of_today_still_count_for_the_project_and_name_nobody(ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "DELETED_JOBS", f"deletedJobs-{ada}")
    now = datetime.now(UTC)
    times = {"today": now, "yesterday": now - timedelta(days=1), "odd": "noon"}
    jobs = {
        f"{name}-{ada}": {"userId": ada, "status": "completed", "completedAt": time, "workSeconds": 70}
        for name, time in times.items()
    }
    write_documents(config.JOBS, jobs)
    assert BatchJob(ada, DELETE).work()["status"] == "completed"
    [counted] = [one.to_dict() for one in client().collection(config.DELETED_JOBS).stream()]
    assert counted is not None
    assert counted.keys() == {"day", "workSeconds", "expiresAt"}
    assert (counted["day"], counted["workSeconds"]) == (now.date().isoformat(), 70)


def test_documents_that_come_meanwhile_are_found(ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write_everything(ada)
    more = iter([lambda: write_everything(ada)])
    delete_files = delete_module.Deletion.delete_files

    def meddled(deletion: Any) -> None:
        delete_files(deletion)
        next(more, lambda: None)()

    monkeypatch.setattr(delete_module.Deletion, "delete_files", meddled)
    job = BatchJob(ada, DELETE).work()
    assert job["output"]["removed"]["tasks"] == 10
    expected = receipts(job["id"], ada)
    assert documents_that_name(ada) == expected
    assert files_of(ada) == set()
