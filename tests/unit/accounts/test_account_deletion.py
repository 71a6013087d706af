"""The deletion of an account, on the store in memory: the account is gone in the end, or unlocked, or an admin's lock
stays; and an account that is made again under the same uid is not touched."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from firebase_admin import auth, exceptions

from engine.accounts import Accounts
from engine.driven import DrivenJob as Job
from engine.driven import Meddled
from engine.stores import AllInMemory, own_project
from stoker import config
from stoker.access import departure
from stoker.access.standing import Standing
from stoker.accounts import account_deletion as deletion
from stoker.accounts import calls, orphans
from stoker.accounts.account_deletion import after_deletion, delete_account, delete_banned_account
from stoker.batch import delete_user_data
from stoker.batch.delete_user_data import Deletion
from stoker.errors import NotAllowed, Unavailable, UserNotFound
from stoker.firestore.memory_documents import MemoryDocuments
from stoker.firestore.writes import Create
from stoker.jobs.attempt import run_attempt
from stoker.jobs.commands import cancel_job, retry_job
from stoker.jobs.context import JobContext
from stoker.jobs.end_hook import EndedJob, run_end_hook
from stoker.jobs.store import store
from stoker.jobs.sweeper import sweep
from stoker.models.job import JobOutput

DELETES: dict[str, Any] = {"type": "batch-operation", "input": {"operation": "delete-user-data"}}
Happen = Callable[[], object]


class Killed(BaseException):
    """The process is gone: nothing of the attempt runs any more."""


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[AllInMemory]:
    engine = AllInMemory()
    engine.documents = Meddled(engine.documents)
    with own_project(engine, monkeypatch):
        monkeypatch.setattr(departure, "FirestoreDocuments", lambda: store().documents)
        monkeypatch.setattr(deletion, "confirm_profile", lambda account: None)
        monkeypatch.setattr(deletion, "account_of_record", lambda account: account)
        yield engine


@pytest.fixture
def meddled(engine: AllInMemory) -> Meddled:
    found = engine.documents
    assert isinstance(found, Meddled)
    return found


@pytest.fixture(autouse=True)
def accounts(monkeypatch: pytest.MonkeyPatch) -> Accounts:
    """Ada has an account."""
    accounts = Accounts()
    accounts.make("ada")
    for name in ("get_user", "update_user", "revoke_refresh_tokens", "delete_user"):
        monkeypatch.setattr(auth, name, getattr(accounts, name))
    return accounts


def work(job_id: str, then: Happen = lambda: None) -> Job:
    """Make an attempt at a deletion that finds no documents. Something happens between the lock and the end."""

    def delete(context: JobContext, _: Any) -> JobOutput:
        doing = Deletion(context)
        if doing.lock_account():
            then()
            doing.delete_account()
        return JobOutput(files=[])

    run_attempt(job_id, delete)
    return Job.there(job_id)


def kill() -> None:
    raise Killed


def begin(job: Job) -> None:
    """Let an attempt lock the account, and die."""
    with pytest.raises(Killed):
        work(job.id, kill)
    job.lapse()


def cancelled(job: Job) -> str:
    """Let the job be cancelled; return the result of its end hook."""
    cancel_job(job.id)
    assert work(job.id).status == "cancelled"
    return str(job.data()["endHook"])


def record() -> dict[str, Any] | None:
    found = store().documents.get("departures/ada")
    return None if found is None else dict(found.data)


def late_pass() -> Job:
    found = record()
    assert found is not None
    return Job.there(found["lateJobId"])


def late_passes() -> list[str]:
    """The jobs that look again later, as far as they have not ended."""
    documents = store().documents
    assert isinstance(documents, Meddled)
    inner = documents.documents
    assert isinstance(inner, MemoryDocuments)
    jobs = [inner.get(path) for path in inner.paths(config.JOBS)]
    return [job.id for job in jobs if job is not None and "runAfter" in job.data and job.data["status"] == "pending"]


# --- In the end, no lock of ours stays ------------------------------------------------------------


def test_a_deletion_unlocks_the_account_if_the_job_that_took_the_lock_over_was_deleted(accounts: Accounts) -> None:
    first, second = Job(**DELETES), Job(**DELETES)
    begin(first)
    begin(second)
    second.delete()  # as one of the user's documents
    assert cancelled(first) == "account-unlocked"
    assert (accounts.state("ada"), record()) == ("active", None)


def test_a_deletion_unlocks_the_account_if_the_job_that_took_the_lock_over_has_ended(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Job(**DELETES), Job(**DELETES)
    begin(first)
    begin(second)
    second.update({"status": "cancelled"})  # its end hook is still to run
    assert cancelled(first) == "account-unlocked"
    run_end_hook(second.id)
    assert (accounts.state("ada"), record(), second.data()["endHook"]) == ("active", None, "account-unlocked")


def test_a_deletion_leaves_the_lock_to_another_one_that_goes_on(accounts: Accounts) -> None:
    first, second = Job(**DELETES), Job(**DELETES)
    begin(first)
    begin(second)
    assert cancelled(first) == "left-to-another-job"
    assert accounts.state("ada") == "locked"
    assert cancelled(second) == "account-unlocked"
    assert (accounts.state("ada"), record()) == ("active", None)


def test_a_deletion_that_goes_on_after_another_one_has_unlocked_ends_unlocked(accounts: Accounts) -> None:
    first, second = Job(**DELETES), Job(**DELETES)
    begin(first)
    begin(second)
    assert cancelled(second) == "account-unlocked"
    begin(first)
    assert accounts.state("ada") == "locked"
    assert cancelled(first) == "account-unlocked"
    assert (accounts.state("ada"), record()) == ("active", None)


@pytest.mark.parametrize("call", ["before", "after"])
def test_an_end_hook_that_is_slow_takes_nothing_from_a_retry(accounts: Accounts, call: str) -> None:
    job = Job(**DELETES)
    begin(job)

    def again() -> None:
        retry_job(job.id)
        begin(job)

    cancel_job(job.id)
    getattr(accounts, call)["update_user"] = again
    work(job.id)
    assert job.status == "processing"
    assert record() is not None
    assert cancelled(job) == "account-unlocked"
    assert (accounts.state("ada"), record()) == ("active", None)


@pytest.mark.parametrize("step", ["before the lock", "after the lock"])
def test_an_attempt_that_stands_still_leaves_no_lock_after_the_jobs_end(accounts: Accounts, step: str) -> None:
    job = Job(**DELETES)

    def end() -> None:
        job.lapse()
        assert cancelled(job) == "account-unlocked"

    (accounts.before if step == "before the lock" else accounts.after)["update_user"] = end
    work(job.id)
    assert (accounts.state("ada"), record(), job.status) == ("active", None, "cancelled")


def test_an_attempt_that_stands_still_does_not_lock_an_account_that_is_made_again(accounts: Accounts) -> None:
    job = Job(**DELETES)

    def end() -> None:
        job.lapse()
        assert work(job.id).status == "completed"
        accounts.make("ada")

    accounts.before["update_user"] = end
    work(job.id)
    assert accounts.state("ada") == "active"


@pytest.mark.parametrize("step", range(4))
def test_an_end_hook_that_dies_at_a_step_unlocks_when_it_runs_again(
    accounts: Accounts, meddled: Meddled, step: int
) -> None:
    job = Job(**DELETES)
    begin(job)
    cancel_job(job.id)
    commits = iter(range(10))

    def die(writes: object) -> None:
        if next(commits) == step + 1:  # after the commit that ends the job
            raise Killed

    meddled.before = die
    try:
        work(job.id)
    except Killed:
        meddled.before = lambda writes: None
        sweep(datetime.now(UTC) + timedelta(minutes=5))
    assert (accounts.state("ada"), record(), job.data()["endHook"]) == ("active", None, "account-unlocked")


# --- An admin's lock -----------------------------------------------------------------------------


def test_a_banned_user_deletes_nothing(accounts: Accounts) -> None:
    accounts.lock("ada")
    with pytest.raises(NotAllowed):
        delete_account("ada")
    data = work(Job(**DELETES).id).data()
    assert (data["status"], data["errorCode"], accounts.state("ada")) == ("failed", "account-locked", "locked")


@pytest.mark.parametrize(
    "error", [exceptions.UnavailableError("Nobody answers."), auth.UserNotFoundError("There is no such account.")]
)
def test_an_operators_deletion_that_is_not_written_permits_nothing(accounts: Accounts, error: Exception) -> None:
    accounts.lock("ada")
    accounts.error = error
    with pytest.raises((Unavailable, UserNotFound)):
        delete_banned_account("ada")
    with pytest.raises(NotAllowed):
        delete_account("ada")
    assert work(Job(**DELETES).id).status == "failed"


def test_an_operators_deletion_whose_write_is_refused_permits_nothing(accounts: Accounts, meddled: Meddled) -> None:
    accounts.lock("ada")

    def refuse(writes: Any) -> None:
        if any(isinstance(write, Create) for write in writes):
            raise ConnectionError("Nobody answers.")

    meddled.before = refuse
    with pytest.raises(Unavailable):
        delete_banned_account("ada")
    meddled.before = lambda writes: None
    with pytest.raises(NotAllowed):
        delete_account("ada")


def test_the_permit_of_an_operator_is_for_one_job(accounts: Accounts) -> None:
    accounts.lock("ada")
    job_id = delete_banned_account("ada")
    assert delete_banned_account("ada") == job_id
    with pytest.raises(NotAllowed):
        delete_account("ada")
    assert work(Job(**DELETES).id).data()["errorCode"] == "account-locked"
    assert work(job_id).data()["endHook"] == "account-gone"
    assert accounts.state("ada") == "gone"


def test_an_operators_deletion_that_is_cancelled_leaves_the_lock_and_no_permit(accounts: Accounts) -> None:
    accounts.lock("ada")
    job = Job.there(delete_banned_account("ada"))
    assert cancelled(job) == "account-locked"
    assert (accounts.state("ada"), record()) == ("locked", None)
    again = delete_banned_account("ada")
    assert (again != job.id, work(again).status) == (True, "completed")


def test_an_operators_permit_is_for_one_account(accounts: Accounts) -> None:
    accounts.lock("ada")
    job_id = delete_banned_account("ada")
    accounts.remove("ada")
    accounts.make("ada")
    data = work(job_id).data()
    assert (data["status"], data["endHook"]) == ("cancelled", "account-made-again")
    assert (accounts.state("ada"), record()) == ("active", None)


def test_the_record_of_an_earlier_account_lets_no_banned_user_delete_the_account(accounts: Accounts) -> None:
    accounts.remove("ada")
    begin(Job.there(deletion.delete_remains("ada", "orphan-1")))
    accounts.make("ada")
    accounts.lock("ada")
    with pytest.raises(NotAllowed):
        delete_account("ada")
    assert work(Job(**DELETES).id).data()["errorCode"] == "account-locked"
    assert accounts.state("ada") == "locked"


# --- An account that is made again ---------------------------------------------------------------


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


# --- The mark of a deletion that spares accounts -------------------------------------------------


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


# --- The late pass -------------------------------------------------------------------------------


def gone() -> Job:
    """Delete Ada's account; return the late pass."""
    assert work(Job(**DELETES).id).data()["endHook"] == "account-gone"
    return late_pass()


def test_a_late_pass_that_is_cancelled_is_written_again(accounts: Accounts) -> None:
    first = gone()
    due = first.data()["runAfter"]
    cancel_job(first.id)
    sweep(datetime.now(UTC) + timedelta(minutes=5))
    second = late_pass()
    assert (first.status, second.id != first.id, second.data()["runAfter"]) == ("cancelled", True, due)
    second.become_due()
    assert (work(second.id).data()["endHook"], record()) == ("account-gone", None)


def test_a_late_pass_that_is_cancelled_by_a_new_account_lets_the_account_write(accounts: Accounts) -> None:
    late = gone()
    accounts.make("ada")
    cancel_job(late.id)
    sweep(datetime.now(UTC) + timedelta(minutes=5))
    assert (late.status, late.data()["endHook"], record()) == ("cancelled", "account-made-again", None)


@pytest.mark.parametrize("status", ["completed", "failed"])
def test_a_late_pass_that_has_run_is_the_last(accounts: Accounts, status: str) -> None:
    late = gone()
    late.become_due()
    if status == "failed":
        late.update({"attempt": 5})
    assert (work(late.id).status, record(), late_passes()) == (status, None, [])


def test_a_late_pass_leaves_a_new_account_alone(accounts: Accounts) -> None:
    late = gone()
    accounts.make("ada")
    late.become_due()
    assert (work(late.id).status, late.data()["endHook"]) == ("completed", "account-made-again")
    assert (accounts.state("ada"), record()) == ("active", None)


def test_the_deletion_of_an_orphan_that_is_cancelled_is_made_up_for(accounts: Accounts) -> None:
    accounts.remove("ada")
    job = Job.there(deletion.delete_remains("ada", "orphan-1"))
    assert cancelled(job) == "account-gone"
    assert late_passes() == [late_pass().id]


def test_two_end_hooks_at_once_write_one_late_pass(accounts: Accounts) -> None:
    job = Job(**DELETES)
    begin(job)
    accounts.remove("ada")
    accounts.after["get_user"] = lambda: run_end_hook(job.id)
    job.update({"status": "cancelled"})
    run_end_hook(job.id)
    assert late_passes() == [late_pass().id]
    assert late_pass().data()["ownerIsGone"] is True


def test_the_record_of_an_account_that_is_gone_expires(accounts: Accounts) -> None:
    late = gone()
    found = record()
    assert found is not None
    assert found["expiresAt"] > late.data()["runAfter"]


def test_the_record_of_an_account_that_is_being_deleted_does_not_expire(accounts: Accounts) -> None:
    gone()
    accounts.make("ada")
    begin(Job(**DELETES))
    found = record()
    assert found is not None
    assert {"expiresAt", "goneAt", "lateJobId"} & found.keys() == set()


def test_a_new_account_may_write_as_soon_as_it_asks_for_its_profile(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone()
    accounts.make("ada")
    monkeypatch.setattr(calls, "ensure_profile", lambda account: True)
    monkeypatch.setattr(calls, "account_of_record", lambda account: account)
    token = {"exp": datetime.now(UTC).timestamp() + 3600}
    request: Any = SimpleNamespace(data=None, auth=SimpleNamespace(uid="ada", token=token))
    assert calls.call_ensure_profile(request)["created"] is True
    assert record() is None


def test_an_account_that_is_being_deleted_keeps_its_record(accounts: Accounts) -> None:
    begin(Job(**DELETES))
    departure.forget_earlier_account("ada")
    assert record() is not None


def test_a_job_of_a_locked_owner_does_not_run(engine: AllInMemory) -> None:
    engine.standings["ada"] = Standing(is_locked=True)
    job = Job()
    run_attempt(job.id, lambda *_: JobOutput(files=[]))
    assert job.data()["errorCode"] == "account-locked"


def test_a_completed_deletion_reports_the_account_that_is_there_again(accounts: Accounts) -> None:
    assert after_deletion(EndedJob("any", "ada", "completed")) == "account-made-again"
