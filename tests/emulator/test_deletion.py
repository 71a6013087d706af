"""The job that deletes an account: one, however often the user asks."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from firebase_admin import auth

from emulator.batch import BatchJob
from stoker import config
from stoker.accounts import account_deletion as deletion
from stoker.accounts.account_deletion import delete_account
from stoker.errors import UserNotFound
from stoker.firebase import app
from stoker.firestore.client import client

pytestmark = pytest.mark.usefixtures("undelivered", "queued")


@pytest.fixture
def ada() -> str:
    """A user with an account; deployed functions do not hear of the jobs."""
    return str(auth.create_user(app=app()).uid)


def job(job_id: str) -> dict[str, Any]:
    return client().collection(config.JOBS).document(job_id).get().to_dict() or {}


def test_of_many_calls_at_once_there_is_one_job(ada: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(delete_account, [ada] * 20))) == 1
    assert len(list(client().collection(config.JOBS).stream())) == 1


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_what_has_failed_goes_on_when_it_is_asked_for_again(ada: str, status: str) -> None:
    job_id = delete_account(ada)
    client().collection(config.JOBS).document(job_id).update({"status": status})
    assert delete_account(ada) == job_id
    assert job(job_id)["status"] == "pending"


def test_who_takes_the_jobs_id_does_not_keep_the_user_from_going(ada: str) -> None:
    taken = delete_account(ada)
    client().collection(config.JOBS).document(taken).update({"userId": "mallory"})
    other = delete_account(ada)
    assert other != taken
    assert (job(other)["userId"], job(other)["input"]) == (ada, deletion.DELETION)


def test_an_account_that_is_made_again_can_be_deleted_again(ada: str) -> None:
    first = delete_account(ada)
    done = BatchJob.__new__(BatchJob)
    done.reference = client().collection(config.JOBS).document(first)
    assert done.work()["status"] == "completed"
    with pytest.raises(UserNotFound):
        delete_account(ada)
    auth.create_user(uid=ada, app=app())
    assert delete_account(ada) != first
