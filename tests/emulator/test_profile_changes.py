"""A profile follows the account: its name, picture, address, role and time zone."""

from collections.abc import Mapping
from typing import Any

import pytest
from firebase_admin import auth

from emulator.accounts import (
    PICTURE,
    SignedIn,
    document,
    imported,
    link_with_google,
    link_with_password,
    profile_of,
    sign_in,
    sign_in_anonymously,
    sign_in_with_custom_token,
    sign_up,
    update_account,
)
from emulator.calling import call, refusal
from stoker.access import account
from stoker.accounts import profile as profiles
from stoker.accounts.account_copy import account_of_record
from stoker.accounts.roles import give_first_role, set_role
from stoker.firebase import app
from stoker_tools.rules_lab.identities import claims as claims_of


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
