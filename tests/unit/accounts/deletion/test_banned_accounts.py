"""An admin's lock: a banned user deletes nothing, and an operator's deletion is for one job."""

from typing import Any

import pytest
from firebase_admin import auth, exceptions

from engine.accounts import Accounts
from engine.driven import DrivenJob as Job
from engine.driven import Meddled
from engine.stores import AllInMemory
from stoker.access.standing import Standing
from stoker.accounts import account_deletion as deletion
from stoker.accounts.account_deletion import delete_account, delete_banned_account
from stoker.errors import NotAllowed, Unavailable, UserNotFound
from stoker.firestore.writes import Create
from stoker.jobs.attempt import run_attempt
from stoker.models.job import JobOutput
from unit.accounts.deletion.deletions import DELETES, begin, cancelled, record, work


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


def test_a_job_of_a_locked_owner_does_not_run(engine: AllInMemory) -> None:
    engine.standings["ada"] = Standing(is_locked=True)
    job = Job()
    run_attempt(job.id, lambda *_: JobOutput(files=[]))
    assert job.data()["errorCode"] == "account-locked"
