"""Every account gets a profile, in whichever way the account was made."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from firebase_admin import auth

from emulator.accounts import (
    document,
    events_of,
    imported,
    profile_of,
    sign_in,
    sign_in_with_custom_token,
    sign_up,
)
from emulator.batch import documents_that_name
from emulator.calling import call, refusal
from stoker.access import account
from stoker.access.policies import CALLABLES
from stoker.accounts import profile as profiles
from stoker.accounts.account_copy import account_of_record
from stoker.firebase import app
from stoker.models.user import Progress, User
from stoker_tools.rules_lab.identities import claims as claims_of


def test_a_sign_up_by_e_mail_makes_the_profile_and_gives_the_role() -> None:
    who = sign_up()
    stored = profile_of(who.id)
    profile = User.from_firestore(stored)
    assert (profile.id, profile.email, profile.display_name, profile.role) == (who.id, who.email, "New User", "user")
    assert (profile.permissions, profile.progress) == ([], Progress())
    assert "provisional" not in stored  # the sign-in that follows has confirmed it
    assert claims_of(who.token)["role"] == "user"
    assert abs(profile.created_at - datetime.now(UTC)) < timedelta(minutes=2)
    assert events_of(who.id) == ["user.signed-up"]


def test_signing_in_again_changes_nothing_of_what_is_the_users() -> None:
    who = sign_up()
    document(who.id).update({"displayName": "Ada", "progress": {"xp": 7}, "preferences": {"theme": "dark"}})
    before = profile_of(who.id)
    sign_in(who)
    assert profile_of(who.id) == before


def test_a_sign_in_repairs_what_is_missing_and_follows_the_address() -> None:
    who = imported()
    auth.set_custom_user_claims(who.id, {"role": "moderator", "permissions": ["read:all-tasks", "no such"]}, app=app())
    sign_in(who)
    repaired = User.from_firestore(profile_of(who.id))
    assert (repaired.role, repaired.permissions, repaired.provisional) == ("moderator", ["read:all-tasks"], None)
    document(who.id).update({"provisional": True, "email": "old@example.com"})
    sign_in(who)
    assert User.from_firestore(profile_of(who.id)).email == who.email
    assert "provisional" not in profile_of(who.id)


def test_an_account_without_an_event_gets_a_profile_by_a_call() -> None:
    who = sign_in_with_custom_token(imported().id)
    auth.update_user(who.id, display_name="N" * 200, photo_url="http://a/", app=app())
    first, second = (call("ensureProfile", None, who.token).json()["result"] for _ in range(2))
    made = User.from_firestore(profile_of(who.id))
    assert [first, second] == [{"userId": who.id, "created": created} for created in (True, False)]
    assert (made.id, made.role, made.provisional, made.photo_url) == (who.id, "user", None, None)
    assert made.display_name == "N" * 100
    assert {path for path in documents_that_name(who.id) if "analyticsEvents" not in path} == {f"users/{who.id}"}
    assert events_of(who.id) == ["user.signed-up"]


def test_who_is_gone_or_locked_gets_no_profile() -> None:
    who = sign_in_with_custom_token(imported().id)
    auth.update_user(who.id, disabled=True, app=app())
    assert refusal(call("ensureProfile", None, who.token)) == (403, "PERMISSION_DENIED", "permission-denied")
    auth.delete_user(who.id, app=app())
    assert refusal(call("ensureProfile", None, who.token)) == (404, "NOT_FOUND", "user-not-found")
    assert refusal(call("ensureProfile", {"userId": "bob"}, who.token))[2] == "invalid-argument"
    assert profile_of(who.id) == {}


def test_a_profile_that_is_made_while_the_account_goes_does_not_stay() -> None:
    record = account.get(imported().id)
    account.lock(record.uid)
    assert profiles.ensure_profile(account_of_record(record)) is False
    assert profile_of(record.uid) == {}


@pytest.mark.parametrize("function", [name for name, policy in CALLABLES.items() if policy.signed_in])
@pytest.mark.parametrize("form", ["{}/b", "__{}__"])
def test_a_uid_that_no_document_can_have_is_refused_for_good(function: str, form: str) -> None:
    who = sign_in_with_custom_token(imported(form.format(uuid4().hex[:12])).id)
    answer = call(function, None, who.token)
    assert refusal(answer) == (400, "FAILED_PRECONDITION", "user-id-refused")
    assert "uid" in answer.json()["error"]["message"]
    assert "again in a moment" not in answer.json()["error"]["message"]


@pytest.mark.parametrize("form", ["{}/b", "__{}__"])
def test_an_account_of_such_a_uid_may_sign_in(form: str) -> None:
    who = imported(form.format(uuid4().hex[:12]))
    assert sign_in(who).token
