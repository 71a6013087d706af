"""A deletion does not touch an account that is made again under the same uid."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from engine.accounts import Accounts
from engine.driven import DrivenJob as Job
from stoker.accounts import account_deletion as deletion
from stoker.accounts import orphans
from stoker.accounts.account_deletion import after_deletion
from stoker.batch import delete_user_data
from stoker.batch.delete_user_data import Deletion
from stoker.firestore.writes import Create
from stoker.jobs.attempt import run_attempt
from stoker.jobs.context import JobContext
from stoker.jobs.end_hook import EndedJob
from stoker.jobs.store import store
from stoker.models.job import JobOutput
from unit.accounts.deletion.deletions import DELETES, Killed, begin, cancelled, kill, record, work


def test_a_deletion_that_is_tried_again_leaves_an_account_alone_that_was_made_again(accounts: Accounts) -> None:
    job = Job(**DELETES)
    accounts.after["delete_user"] = kill
    with pytest.raises(Killed):
        work(job.id)
    job.lapse()
    accounts.make("ada")
    data = work(job.id).data()
    assert (data["status"], data["endHook"]) == ("cancelled", "account-made-again")
    assert data["error"] == "An account with this uid was made again, so its data stays."
    assert (accounts.state("ada"), record()) == ("active", None)


def test_a_deletion_leaves_an_account_alone_that_is_made_again_at_the_last_moment(accounts: Accounts) -> None:
    def replace() -> None:
        accounts.remove("ada")
        accounts.make("ada")

    data = work(Job(**DELETES).id, replace).data()
    assert (data["status"], data["endHook"], accounts.state("ada")) == ("cancelled", "account-made-again", "active")


def test_the_deletion_of_an_orphan_spares_an_account_whose_time_is_not_known(accounts: Accounts) -> None:
    accounts.remove("ada")
    job_id = deletion.delete_remains("ada", "orphan-1")
    accounts.make("ada", at=None)
    assert work(job_id).data()["endHook"] == "account-made-again"
    assert accounts.state("ada") == "active"


def test_the_deletion_of_an_orphan_deletes_no_account_that_is_made_after_its_last_look(accounts: Accounts) -> None:
    accounts.remove("ada")
    job = Job.there(deletion.delete_remains("ada", "orphan-1"))

    def come_back() -> None:
        accounts.after["get_user"] = lambda: accounts.make("ada")

    data = work(job.id, come_back).data()
    assert (data["status"], accounts.state("ada")) == ("completed", "active")


class Files:
    """A bucket in memory.

    Args:
        objects: The generations of its objects, by name.
    """

    def __init__(self, objects: dict[str, int]) -> None:
        self.objects = objects

    def blob(self, name: str, generation: int) -> Any:
        return SimpleNamespace(name=name, generation=generation)

    def list_blobs(self, *, prefix: str, max_results: int) -> list[Any]:
        return [self.blob(name, made) for name, made in self.objects.items() if name.startswith(prefix)]

    def get_blob(self, name: str) -> None:
        return None

    def delete_blobs(self, blobs: list[Any], *, on_error: Any, preserve_generation: bool = False) -> None:
        for blob in blobs:
            if preserve_generation and blob.generation != self.objects.get(blob.name):
                on_error(blob)
            else:
                del self.objects[getattr(blob, "name", blob)]


def test_a_file_that_a_new_account_has_uploaded_under_the_same_name_stays(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = Files({"user-uploads/ada/a.mp4": 1, "user-uploads/ada/b.mp4": 1})
    monkeypatch.setattr(delete_user_data, "bucket", lambda: files)
    accounts.remove("ada")
    job = Job.there(deletion.delete_remains("ada", "orphan-1"))

    def come_back() -> None:
        accounts.make("ada")
        files.objects["user-uploads/ada/a.mp4"] = 2

    def delete(context: JobContext, _: Any) -> JobOutput:
        doing = Deletion(context)
        doing.lock_account()
        accounts.after["get_user"] = come_back
        doing.delete_files()
        return JobOutput(files=[])

    run_attempt(job.id, delete)
    assert (job.status, files.objects) == ("cancelled", {"user-uploads/ada/a.mp4": 2})


def test_the_end_of_an_orphans_deletion_leaves_the_deletion_of_a_new_account_its_record(accounts: Accounts) -> None:
    accounts.remove("ada")
    orphan = Job.there(deletion.delete_remains("ada", "orphan-1"))
    accounts.make("ada")
    own = Job(**DELETES)
    begin(own)
    assert work(orphan.id).data()["endHook"] == "account-made-again"
    assert cancelled(own) == "account-unlocked"
    assert (accounts.state("ada"), record()) == ("active", None)


def test_a_clients_deletion_locks_the_account_whatever_its_id(accounts: Accounts) -> None:
    job = Job.there("orphan-" + "a" * 32)
    fields = {"id": job.id, "userId": "ada", "status": "pending", "createdAt": datetime.now(UTC), **DELETES}
    store().documents.commit([Create(job.path, fields)])
    begin(job)
    assert (accounts.state("ada"), record() is not None) == ("locked", True)


def test_a_clients_job_of_the_same_id_is_not_taken_for_an_orphans(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orphans, "has_data", lambda user_id, before: True)
    monkeypatch.setattr(orphans, "job_queries", _no_jobs_under_way())
    first = orphans.delete_orphan("bob", "an event")
    assert first is not None
    job = Job.there(first)
    assert (job.data()["ownerIsGone"], orphans.delete_orphan("bob", "an event")) == (True, first)
    job.set({key: value for key, value in job.data().items() if key != "ownerIsGone"})
    assert orphans.delete_orphan("bob", "an event") != first


def _no_jobs_under_way() -> Any:
    class Query:
        def __getattr__(self, name: str) -> Any:
            return lambda *_, **__: [] if name == "get" else self

    return Query()


def test_a_completed_deletion_reports_the_account_that_is_there_again(accounts: Accounts) -> None:
    assert after_deletion(EndedJob("any", "ada", "completed")) == "account-made-again"
