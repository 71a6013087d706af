"""A user deletes the account, and nothing stays."""

import time

import pytest

from emulator.accounts import (
    SignedIn,
    document,
    profile_of,
    sign_in_anonymously,
    sign_up,
)
from emulator.batch import documents_that_name
from emulator.calling import altered, call, refusal
from emulator.jobs import wait_for_end
from stoker import config
from stoker.access import account, departure


def test_a_user_deletes_the_account_and_nothing_stays() -> None:
    who = sign_up()
    document(who.id).collection(config.COMPLETIONS).document("spring").set({"userId": who.id, "counted": True})
    first = call("deleteAccount", None, who.token)
    second = call("deleteAccount", {}, who.token)
    assert first.status_code == 200, first.text
    job_id = first.json()["result"]["jobId"]
    # The same job while it runs; and where it was quicker, the account is gone.
    assert second.json().get("result") == {"jobId": job_id} or refusal(second)[2] == "user-not-found"
    job = wait_for_end(job_id)
    assert (job["status"], job["output"]["removed"]["users"]) == ("completed", 1)
    assert job["output"]["removed"]["subcollections"] == 1
    assert account.find(who.id) is None
    record = departure.find(who.id)
    assert record is not None
    left = {f"departures/{who.id}", f"processingJobs/{job_id}", f"processingJobs/{record.late_job_id}"}
    assert documents_that_name(who.id) == left
    assert refusal(call("deleteAccount", None, who.token)) == (404, "NOT_FOUND", "user-not-found")
    assert refusal(call("ensureProfile", None, who.token)) == (404, "NOT_FOUND", "user-not-found")
    assert profile_of(who.id) == {}


@pytest.mark.parametrize("seconds", [-301, -86_400, 3600, None], ids=str)
def test_only_who_has_signed_in_lately_deletes_the_account(ada: SignedIn, seconds: int | None) -> None:
    old = altered(ada.token, auth_time=None if seconds is None else int(time.time()) + seconds)
    refused = refusal(call("deleteAccount", None, old))
    assert refused == (400, "FAILED_PRECONDITION", "recent-sign-in-required")
    found = account.find(ada.id)
    assert found is not None
    assert not found.disabled


def test_an_anonymous_user_deletes_the_account_long_after_sign_up() -> None:
    guest = sign_in_anonymously()
    old = altered(guest.token, auth_time=int(time.time()) - 86_400)
    job_id = call("deleteAccount", None, old).json()["result"]["jobId"]
    assert wait_for_end(job_id)["status"] == "completed"
    assert account.find(guest.id) is None


def test_nobody_deletes_another_ones_account(ada: SignedIn) -> None:
    assert refusal(call("deleteAccount", {"userId": "bob"}, ada.token))[2] == "invalid-argument"
