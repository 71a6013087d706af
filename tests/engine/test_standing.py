"""The admission looks up the owner's account: a job does not run if the account is locked or deleted."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.driven import DrivenJob as Job
from engine.stores import FIRESTORE_IN_SOAK
from stoker.access.standing import Standing
from stoker.jobs.attempt import begin_attempt
from stoker.jobs.store import Store

pytestmark = FIRESTORE_IN_SOAK

LOCKED = Standing(is_locked=True)
GONE = Standing(is_gone=True)


@pytest.fixture
def accounts(engine: Store, monkeypatch: pytest.MonkeyPatch) -> dict[str, Standing]:
    """The standings of users, by uid. Nothing is known of others."""
    known: dict[str, Standing] = {}
    monkeypatch.setattr(engine, "standing", known.get)
    return known


@pytest.mark.parametrize(("standing", "code"), [(LOCKED, "account-locked"), (GONE, "account-gone")], ids=str)
def test_a_job_of_a_user_who_may_not_run_it_fails_before_it_begins(
    accounts: dict[str, Standing], standing: Standing, code: str
) -> None:
    accounts["ada"] = standing
    job = Job()
    assert begin_attempt(job.id) is None
    data = job.data()
    assert (data["status"], data["errorCode"], data.get("attempt", 0)) == ("failed", code, 0)


def test_a_job_that_was_scheduled_before_the_lock_does_not_run(accounts: dict[str, Standing]) -> None:
    job = Job(runAfter=datetime.now(UTC) + timedelta(days=30))
    accounts["ada"] = LOCKED
    job.become_due()
    assert begin_attempt(job.id) is None
    assert job.data()["errorCode"] == "account-locked"


def test_an_attempt_that_died_is_not_followed_by_another(accounts: dict[str, Standing]) -> None:
    job = Job()
    job.take()
    accounts["ada"] = GONE
    job.lapse()
    assert begin_attempt(job.id) is None
    assert (job.data()["status"], job.data()["attempt"]) == ("failed", 1)


@pytest.mark.parametrize("standing", [None, Standing()], ids=["no answer", "in order"])
def test_other_jobs_go_on(accounts: dict[str, Standing], standing: Standing | None) -> None:
    if standing is not None:
        accounts["ada"] = standing
    assert begin_attempt(Job().id) is not None


@pytest.mark.parametrize("standing", [LOCKED, GONE], ids=str)
def test_a_deletion_goes_on_because_it_has_locked_the_account_itself(
    accounts: dict[str, Standing], standing: Standing
) -> None:
    accounts["ada"] = standing
    job = Job(type="batch-operation", input={"operation": "delete-user-data"})
    assert begin_attempt(job.id) is not None


def test_cancelling_is_heard_first(accounts: dict[str, Standing]) -> None:
    accounts["ada"] = LOCKED
    job = Job(cancelRequested=True)
    assert begin_attempt(job.id) is None
    assert job.status == "cancelled"
