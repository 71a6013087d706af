"""At the end of a deletion the account is gone, or the deletion's lock is removed."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.accounts import Accounts
from engine.driven import DrivenJob as Job
from engine.driven import Meddled
from stoker.jobs.commands import cancel_job, retry_job
from stoker.jobs.end_hook import run_end_hook
from stoker.jobs.sweeper import sweep
from unit.accounts.deletion.deletions import DELETES, Killed, begin, cancelled, record, work


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
