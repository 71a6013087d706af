"""The late pass looks again for data after a deletion, and runs once."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from engine.accounts import Accounts
from engine.driven import DrivenJob as Job
from stoker.access import departure
from stoker.accounts import account_deletion as deletion
from stoker.accounts import calls
from stoker.jobs.commands import cancel_job
from stoker.jobs.end_hook import run_end_hook
from stoker.jobs.sweeper import sweep
from unit.accounts.deletion.deletions import DELETES, begin, cancelled, gone, late_pass, late_passes, record, work


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
