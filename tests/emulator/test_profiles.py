"""Profiles: everyone has one, however they come to their account."""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from firebase_admin import auth, delete_app
from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from emulator.accounts import (
    SignedIn,
    imported,
    link_with_google,
    link_with_password,
    profile_of,
    refused_sign_up,
    sign_in,
    sign_in_anonymously,
    sign_in_with_custom_token,
    sign_up,
    update_account,
)
from emulator.batch import documents_that_name
from emulator.calling import altered, call, refusal
from stoker import config
from stoker.access import account, departure
from stoker.access.policies import CALLABLES
from stoker.accounts import cursor
from stoker.accounts import profile as profiles
from stoker.accounts import reconcile as reconcile_module
from stoker.accounts.account_copy import account_of_record
from stoker.accounts.domains import CachedSettings, check_domain
from stoker.accounts.reconcile import reconcile_profiles
from stoker.accounts.roles import give_first_role, set_role
from stoker.errors import EmailDomainRefused
from stoker.firebase import app
from stoker.firestore.client import client
from stoker.models.user import Progress, User
from stoker_tools.rules_lab.identities import claims as claims_of

LATER = timedelta(hours=2)


def document(user_id: str) -> firestore.DocumentReference:
    return client().collection(config.USERS).document(user_id)


def events_of(user_id: str) -> list[str]:
    """The names of the server's events."""
    events = client().collection(config.ANALYTICS_EVENTS).where(filter=FieldFilter("userId", "==", user_id))
    return [event.get("name") for event in events.stream()]


# Sign-up and sign-in


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


def test_an_account_of_which_no_event_tells_gets_a_profile_by_a_call() -> None:
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


# What follows the account

PICTURE = "https://example.com/ada.png"


def ensure_profile(who: SignedIn, data: Any = None) -> dict[str, Any]:
    """Calls `ensureProfile`; returns the profile after it."""
    assert call("ensureProfile", data, who.token).json()["result"]["userId"] == who.id
    return profile_of(who.id)


@pytest.mark.parametrize("way", ["ensureProfile", "sign-in"])
def test_a_name_that_is_given_after_the_sign_up_arrives(way: str) -> None:
    who = sign_up()
    assert profile_of(who.id)["preferences"]["language"] == "en"  # which the emulator's sign-ups say
    update_account(who, displayName="Ada", photoUrl=PICTURE)
    auth.update_user(who.id, email_verified=True, app=app())
    for _ in range(2):
        stored = ensure_profile(who) if way == "ensureProfile" else profile_of(sign_in(who).id)
        assert (stored["displayName"], stored["photoURL"], stored["emailVerified"]) == ("Ada", PICTURE, True)
    document(who.id).update({"displayName": "Countess", "preferences": {"theme": "dark"}})
    update_account(who, displayName="Ada Lovelace", photoUrl=f"{PICTURE}?2")
    stored = ensure_profile(who) if way == "ensureProfile" else profile_of(sign_in(who).id)
    assert (stored["displayName"], stored["photoURL"]) == ("Countess", f"{PICTURE}?2")
    assert stored["preferences"] == {"theme": "dark"}


def test_an_anonymous_user_who_links_a_provider_gets_its_name_and_the_role() -> None:
    guest = sign_in_anonymously()
    ensure_profile(guest)
    assert "role" not in claims_of(guest.token)
    who = link_with_google(guest, "Ada", PICTURE)
    assert claims_of(who.token)["role"] == "user"
    stored = ensure_profile(who)  # the emulator's sign-in knows nothing of the new provider yet
    assert (stored["displayName"], stored["photoURL"], stored["role"]) == ("Ada", PICTURE, "user")


def test_an_anonymous_user_who_links_a_password_gets_all_by_a_call() -> None:
    guest = sign_in_anonymously()
    ensure_profile(guest)
    who = link_with_password(guest)
    update_account(who, displayName="Ada")
    stored = ensure_profile(who)
    assert (stored["displayName"], stored["email"], stored["role"]) == ("Ada", who.email, "user")
    assert account.get(who.id).custom_claims == {"role": "user"}


def test_a_role_that_an_admin_gives_at_the_same_time_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    record = account.get(imported().id)
    profiles.ensure_profile(account_of_record(record))
    set_claims = account.set_claims

    def late(user_id: str, claims: Mapping[str, Any]) -> None:
        monkeypatch.undo()
        set_role(user_id, "admin", ["read:all-tasks"], by="root")
        set_claims(user_id, claims)

    monkeypatch.setattr(account, "set_claims", late)
    assert give_first_role(record.uid)
    claims = {"role": "admin", "permissions": ["read:all-tasks"]}
    assert account.get(record.uid).custom_claims == claims
    stored = profile_of(record.uid)
    assert {name: stored[name] for name in claims} == claims
    assert not give_first_role(record.uid)


def test_the_time_zone_of_the_first_call_becomes_a_preference() -> None:
    who = sign_up()
    assert "timeZone" not in profile_of(who.id)["preferences"]
    assert ensure_profile(who, {"timeZone": None})["preferences"].get("timeZone") is None
    for zone in ("Europe/Berlin", "Asia/Tokyo"):
        assert ensure_profile(who, {"timeZone": zone})["preferences"]["timeZone"] == "Europe/Berlin"
    late = sign_in_with_custom_token(imported().id)
    assert "timeZone" not in ensure_profile(late, {"timeZone": "Mars/Base"})["preferences"]
    assert ensure_profile(late, {"timeZone": "Asia/Tokyo"})["preferences"]["timeZone"] == "Asia/Tokyo"


@pytest.mark.parametrize("data", [{"timeZone": 5}, {"timeZone": "x" * 65}, {"zone": "UTC"}, [], "UTC"])
def test_what_is_no_text_of_a_time_zone_is_refused(ada: SignedIn, data: Any) -> None:
    assert refusal(call("ensureProfile", data, ada.token)) == (400, "INVALID_ARGUMENT", "invalid-argument")


@pytest.mark.usefixtures("own_project")
def test_the_reconcile_lets_profiles_follow_their_accounts() -> None:
    changed, own, same = (auth.create_user(app=app()).uid for _ in range(3))
    reconcile_profiles()
    document(own).update({"displayName": "Countess"})
    for uid in (changed, own):
        auth.update_user(uid, display_name="Ada", photo_url=PICTURE, app=app())
    before = profile_of(same)
    assert (reconcile_profiles().followed, reconcile_profiles().followed) == (2, 0)
    assert (profile_of(changed)["displayName"], profile_of(own)["displayName"]) == ("Ada", "Countess")
    assert profile_of(own)["photoURL"] == PICTURE
    assert profile_of(same) == before


# Uids that no document can have


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


# Domains


@pytest.fixture
def sign_up_settings() -> Iterator[Callable[..., None]]:
    """Sets what an admin may set; the deployed functions see it once what they know is too old."""
    reference = client().collection(config.ADMIN_DATA).document(config.SIGN_UP_SETTINGS)

    def write(**fields: Any) -> None:
        reference.set(fields)

    yield write
    reference.delete()


def test_an_admin_keeps_a_domain_out(sign_up_settings: Callable[..., None]) -> None:
    domain = f"{uuid4().hex}.example.com"
    sign_up_settings(blockedDomains=[domain.upper()])
    until = time.monotonic() + 60
    while (answer := refused_sign_up(f"{uuid4().hex}@mail.{domain}")).status_code == 200:
        assert time.monotonic() < until  # the functions look every 15 s
        time.sleep(1)
    said = answer.json()["error"]["message"]
    assert "BLOCKING_FUNCTION_ERROR_RESPONSE" in said
    assert "email-domain-refused" in said
    assert "takes no sign-ups with addresses of this domain" in said
    assert profile_of(sign_up(f"{uuid4().hex}@un{domain}").id)


@pytest.mark.parametrize(
    ("settings", "email", "refused"),
    [
        ({"blockedDomains": ["spam.example"]}, "a@spam.example", True),
        ({"blockedDomains": ["spam.example"]}, "a@A.B.Spam.Example", True),
        ({"blockedDomains": ["spam.example"]}, "spam.example@good.example", False),
        ({"blockedDomains": ["spam.example"]}, "a@notspam.example", False),
        ({"blockedDomains": ["spam.example"]}, None, False),
        ({"blockedDomains": ["bücher.example"]}, "a@XN--BCHER-KVA.example", True),
        ({"blockedDomains": ["xn--bcher-kva.example"]}, "a@BÜCHER。exam\u200bple", True),
        ({"blockedDomains": ["\u200b"]}, None, False),
        ({"blockedDomains": ["spam.example"], "refuseDisposable": False}, "a@mailinator.com", False),
        ({"refuseDisposable": True}, "a@mailinator.com", True),
        ({"refuseDisposable": True}, "a@x.mailinator.com", True),
        ({"refuseDisposable": True}, "a@gmail.com", False),
        ({"blockedDomains": "spam.example"}, "a@spam.example", False),
        ({}, "a@spam.example", False),
    ],
)
def test_a_domain_is_blocked_with_those_below_it(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], email: str | None, refused: bool
) -> None:
    monkeypatch.setattr(config, "SIGN_UP_SETTINGS", name := uuid4().hex)
    client().collection(config.ADMIN_DATA).document(name).set(settings)
    if refused:
        with pytest.raises(EmailDomainRefused):
            check_domain(email, CachedSettings())
    else:
        check_domain(email, CachedSettings())


# Reconcile


@pytest.fixture
def own_project(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A project of the test's own in the emulators: a reconcile looks at every account that there is."""

    def forget() -> None:
        client.cache_clear()
        delete_app(app())

    with monkeypatch.context() as patch:
        forget()
        patch.setenv("GCLOUD_PROJECT", f"demo-{uuid4().hex[:12]}")
        yield
        forget()


@pytest.mark.usefixtures("own_project")
def test_the_reconcile_makes_what_is_missing_and_removes_what_never_came_to_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reconcile_module, "ACCOUNTS", 3)  # so that there are pages
    missing = [auth.create_user(app=app()).uid for _ in range(4)]
    locked = auth.create_user(disabled=True, app=app()).uid
    confirmed, failed, fresh = auth.create_user(app=app()).uid, uuid4().hex, uuid4().hex
    for name in (confirmed, failed, fresh):
        document(name).set({"id": name, "provisional": True}, merge=True)
    done = reconcile_profiles()
    assert all(User.from_firestore(profile_of(name)).id == name for name in missing)
    assert profile_of(locked) == {}
    assert all(profile_of(name)["provisional"] for name in (confirmed, failed, fresh))  # a sign-up may be under way
    assert done.made == 4
    again = reconcile_profiles(datetime.now(UTC) + LATER)
    assert (again.made, again.confirmed, again.removed, again.failed) == (0, 1, 2, [])
    assert "provisional" not in profile_of(confirmed)
    assert events_of(confirmed) == ["user.signed-up"]
    assert profile_of(failed) == profile_of(fresh) == {}


@pytest.mark.usefixtures("own_project")
def test_a_reconcile_goes_on_where_the_one_before_has_come_to(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = {auth.create_user(app=app()).uid for _ in range(7)}
    monkeypatch.setattr(reconcile_module, "ACCOUNTS", 3)
    for expected in (False, False, True, True, True, True, False):  # each has time for one profile, of pages of three
        reconcile_profiles(seconds=0)
        assert (cursor.load(reconcile_module.PLACE) is not None) == expected
    assert all(profile_of(name) for name in missing)


# Deleting the account


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


def wait_for_end(job_id: str) -> dict[str, Any]:
    until = time.monotonic() + 120
    while True:
        job = client().collection(config.JOBS).document(job_id).get().to_dict() or {}
        if job.get("status") in ("completed", "failed", "cancelled") and job.get("endHook") != "due":
            return job
        assert time.monotonic() < until, job
        time.sleep(0.2)


@pytest.fixture(scope="module")
def ada() -> SignedIn:
    return sign_up()


@pytest.mark.parametrize("seconds", [-301, -86_400, 3600, None], ids=str)
def test_only_who_has_signed_in_lately_deletes_the_account(ada: SignedIn, seconds: int | None) -> None:
    old = altered(ada.token, auth_time=None if seconds is None else int(time.time()) + seconds)
    told = refusal(call("deleteAccount", None, old))
    assert told == (400, "FAILED_PRECONDITION", "recent-sign-in-required")
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
