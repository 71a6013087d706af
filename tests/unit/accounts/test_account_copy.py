"""The fields of an account that are copied into the profile, unless the user has changed them there."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from firebase_functions.identity_fn import AuthUserRecord
from google.cloud.firestore import DELETE_FIELD

from stoker.accounts.account_copy import Account, account_of_event, profile_changes
from stoker.accounts.profile import new_profile
from stoker.models.user import User

MADE = datetime(2027, 1, 1, tzinfo=UTC)
PICTURE, OTHER = "https://example.com/ada.png", "https://example.com/other.png"


def account(name: str | None = None, photo: str | None = None, **fields: Any) -> Account:
    return Account("ada", "ada@example.com", name, photo, {}, MADE, **fields)


def profile(made_of: Account, **changed: Any) -> dict[str, Any]:
    """The profile of an account, after the user has written some fields; None removes a field."""
    fields = {**new_profile(made_of), **changed}
    return {name: value for name, value in fields.items() if value is not None}


def followed(stored: Mapping[str, Any], now: Account) -> dict[str, Any]:
    """The profile after it has followed its account, and again, which must change nothing."""
    after = written(stored, profile_changes(stored, now))
    assert profile_changes(after, now) == {}
    User.from_firestore({**after, "updatedAt": MADE})
    return after


def written(stored: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    after = {**stored, "preferences": dict(stored.get("preferences", {}))}
    for path, value in changed.items():
        *above, name = path.split(".")
        within = after[above[0]] if above else after
        if value is DELETE_FIELD:
            within.pop(name, None)
        else:
            within[name] = value
    return after


def name_and_picture(stored: Mapping[str, Any]) -> tuple[Any, Any]:
    return stored.get("displayName"), stored.get("photoURL")


def test_a_name_that_comes_after_a_sign_up_by_password_arrives() -> None:
    stored = followed(profile(account()), account("Ada", PICTURE))
    assert name_and_picture(stored) == ("Ada", PICTURE)
    assert name_and_picture(followed(stored, account("Ada L.", OTHER))) == ("Ada L.", OTHER)
    assert name_and_picture(followed(stored, account())) == ("New User", None)


@pytest.mark.parametrize(
    ("changed", "now", "expected"),
    [
        ({"displayName": "Countess"}, account("Ada L.", OTHER), ("Countess", OTHER)),
        ({"photoURL": OTHER}, account("Ada L.", None), ("Ada L.", OTHER)),
        ({"photoURL": None}, account("Ada", OTHER), ("Ada", None)),
        ({"displayName": "New User"}, account("Ada L.", PICTURE), ("New User", PICTURE)),
        ({"displayName": "Countess", "photoURL": OTHER}, account(), ("Countess", OTHER)),
    ],
)
def test_what_the_user_has_changed_stays(
    changed: dict[str, Any], now: Account, expected: tuple[str | None, str | None]
) -> None:
    stored = followed(profile(account("Ada", PICTURE), **changed), now)
    assert name_and_picture(stored) == expected
    # It stays even if the account has the same values for a while.
    for again in (account(expected[0], expected[1]), account("Grace", "https://example.com/grace.png")):
        stored = followed(stored, again)
    kept = {name for name in changed if stored.get(name) == changed[name]}
    assert kept == changed.keys()


def test_address_and_verification_always_follow() -> None:
    stored = profile(account("Ada"), displayName="Countess")
    verified = followed(stored, account("Ada", email_verified=True))
    assert (verified["emailVerified"], verified["email"]) == (True, "ada@example.com")
    gone = followed(verified, Account("ada", None, "Ada", None, {}, MADE))
    assert (gone.get("emailVerified", False), gone.get("email")) == (False, None)


@pytest.mark.parametrize(
    ("stored", "name"),
    [
        ({"displayName": "New User"}, "Ada L."),
        ({"displayName": "Ada L."}, "Ada L."),
        ({"displayName": "Countess"}, "Countess"),
        ({}, "Ada L."),
        ({"displayName": " \u200b"}, "Ada L."),
        ({"displayName": "A\nda"}, "Ada L."),
    ],
)
def test_a_profile_from_before_copies_were_kept_follows_if_it_says_what_the_account_says(
    stored: dict[str, Any], name: str
) -> None:
    before = profile(account(), fromAccount=None, **{"displayName": None, **stored})
    assert followed(before, account("Ada L."))["displayName"] == name


@pytest.mark.parametrize("removed", [{}, {"photoURL": None}])
def test_a_picture_that_was_removed_before_copies_were_kept_stays_away(removed: dict[str, Any]) -> None:
    stored = {**profile(account("Ada", PICTURE), fromAccount=None, photoURL=None), **removed}
    for now in (account("Ada", PICTURE), account("Ada L.", OTHER), account("Ada"), account("Ada", PICTURE)):
        stored = followed(stored, now)
        assert stored.get("photoURL") is None
        assert stored["displayName"] == now.display_name


def test_a_profile_from_before_copies_were_kept_gets_the_first_picture_of_its_account() -> None:
    stored = followed(profile(account("Ada"), fromAccount=None), account("Ada"))
    assert followed(stored, account("Ada", PICTURE))["photoURL"] == PICTURE


def test_language_and_time_zone_are_set_once() -> None:
    stored = profile(account(locale="pt_BR"))
    assert stored["preferences"] == {"theme": "system", "notifications": True, "language": "pt-BR"}
    with_zone = followed(stored, account(locale="de", time_zone="Europe/Berlin"))
    assert with_zone["preferences"] == {**stored["preferences"], "timeZone": "Europe/Berlin"}
    assert followed(with_zone, account(time_zone="Asia/Tokyo")) == with_zone
    dropped = {**with_zone, "preferences": {}}
    assert followed(dropped, account(locale="de", time_zone="Asia/Tokyo"))["preferences"] == {"timeZone": "Asia/Tokyo"}
    own = profile(account(), preferences={"timeZone": "UTC", "language": "en"})
    assert followed(own, account(locale="de", time_zone="Asia/Tokyo")) == own


@pytest.mark.parametrize(
    "locale",
    [
        *(None, "", "german!", "x" * 40, "de_", "*"),
        *("und", "UND", "und-Latn", "und_DE", "mul", "mis", "zxx", "null", "None", "root", "undefined", "POSIX", "C"),
    ],
)
def test_a_locale_that_is_no_language_is_left_out(locale: str | None) -> None:
    assert "language" not in profile(account(locale=locale))["preferences"]
    assert "language" not in followed(profile(account()), account(locale=locale))["preferences"]


@pytest.mark.parametrize("locale", ["de", "pt-BR", "nan", "fil-PH", "yue", "zh-Hant-TW", "EN"])
def test_a_language_of_two_or_three_letters_is_taken(locale: str) -> None:
    assert profile(account(locale=locale))["preferences"]["language"] == locale
    assert followed(profile(account(locale="und")), account(locale=locale))["preferences"]["language"] == locale


def linked(**fields: Any) -> AuthUserRecord:
    """An account that was anonymous, with a provider that knows a name and a picture."""
    google = SimpleNamespace(display_name="Ada Lovelace", photo_url=PICTURE)
    plain: dict[str, Any] = {"email": None, "email_verified": False, "display_name": None, "photo_url": None}
    made = SimpleNamespace(creation_time=MADE)
    user = {"uid": "ada", "custom_claims": None, "metadata": made, "provider_data": [google], **plain, **fields}
    return cast(AuthUserRecord, SimpleNamespace(**user))


def test_a_linked_account_has_the_name_and_the_picture_of_its_provider() -> None:
    anonymous = profile(account_of_event(linked(provider_data=[]), None))
    assert name_and_picture(anonymous) == ("New User", None)
    assert name_and_picture(followed(anonymous, account_of_event(linked(), None))) == ("Ada Lovelace", PICTURE)
    own = account_of_event(linked(display_name="Countess", photo_url="http://plain.example/a.png"), None)
    assert name_and_picture(followed(anonymous, own)) == ("Countess", PICTURE)
    assert followed(anonymous, account_of_event(linked(display_name="\u200b"), None))["displayName"] == "Ada Lovelace"


@pytest.mark.parametrize("name", ["x" * 500, "🐈" * 100, "\ud800", "a\ud83db", "\u202eeve", " ", "\x00", "A\tB\n"])
def test_whatever_an_account_is_called_its_profile_is_as_it_must_be(name: str) -> None:
    stored = profile(account(name))
    User.from_firestore({**stored, "updatedAt": MADE})
    stored["displayName"].encode()
    followed(profile(account()), account(name))


@pytest.mark.parametrize("email", [None, "", "a" * 310 + "@example.com", "\ud800@example.com"])
def test_an_address_that_no_profile_may_have_is_left_out(email: str | None) -> None:
    strange = Account("ada", email, "Ada", None, {}, MADE)
    assert "email" not in profile(strange)
    assert "email" not in followed(profile(account("Ada")), strange)
