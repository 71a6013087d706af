"""The copy of an account in the user's profile.

The profile always follows the account's e-mail address. It follows the name and the picture until the user changes them
in the profile.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from firebase_admin import auth
from firebase_functions.identity_fn import AuthUserRecord
from google.cloud.firestore import DELETE_FIELD
from pydantic import TypeAdapter, ValidationError

from stoker.accounts.names import clean_name
from stoker.models.user import DEFAULT_NAME, Email, Language, Name, Url

FIELDS = ("email", "emailVerified", "displayName", "photoURL", "fromAccount", "preferences")
"""The fields of a profile that `profile_changes` reads."""

NO_LANGUAGES = frozenset({"und", "mul", "mis", "zxx"})
"""Language codes that name no language: undetermined, several, uncoded, and no linguistic content.
Source: https://www.rfc-editor.org/rfc/rfc5646#section-4.1"""

EMPTY: Mapping[str, Any] = {"displayName": DEFAULT_NAME, "photoURL": None, "language": None}
"""The values that a profile has if the account has none."""


@dataclass(frozen=True)
class Account:
    """The facts of an account that its profile is made from.

    Attributes:
        user_id: The uid.
        email: The e-mail address; None for anonymous users.
        display_name: The name; None if the account has none.
        photo_url: The address of the picture; None if the account has none.
        claims: The custom claims of the account's tokens.
        created_at: The time at which the account was created.
        email_verified: Whether the address is verified.
        locale: The language of the app at the sign-in; None if it is not known.
        time_zone: The time zone of the user's device, a name of the tz database; None if it is not known.
    """

    user_id: str
    email: str | None
    display_name: str | None
    photo_url: str | None
    claims: Mapping[str, Any]
    created_at: datetime
    email_verified: bool = False
    locale: str | None = None
    time_zone: str | None = None


def account_of_record(record: auth.UserRecord) -> Account:
    """Read an account from Firebase Auth's record of it."""
    made = record.user_metadata.creation_timestamp
    return _account(record, datetime.fromtimestamp(made / 1000, UTC) if made else datetime.now(UTC))


def account_of_event(user: AuthUserRecord, locale: str | None) -> Account:
    """Read an account from the event of a blocking function.

    Args:
        user: The account in the event.
        locale: The language of the app in the event.
    """
    # Firebase gives a time without a zone, in the time zone of the machine.
    return _account(user, user.metadata.creation_time.astimezone(UTC), locale)


def _account(user: auth.UserRecord | AuthUserRecord, created_at: datetime, locale: str | None = None) -> Account:
    return Account(
        user_id=user.uid,
        email=user.email,
        display_name=_name_of(user),
        photo_url=_photo_of(user),
        claims=user.custom_claims or {},
        created_at=created_at,
        email_verified=bool(user.email_verified),
        locale=locale,
    )


def copied_fields(account: Account) -> dict[str, Any]:
    """Return the name and the picture that a profile copies from its account.

    A name that is not valid in a profile becomes `DEFAULT_NAME`. The picture is None if there is no valid picture.
    """
    return {
        "displayName": clean_name(account.display_name) or DEFAULT_NAME,
        "photoURL": account.photo_url if is_valid(Url, account.photo_url) else None,
    }


def email_of(account: Account) -> str | None:
    """Return the e-mail address for the profile; None if the account has no valid address."""
    return account.email if account.email and is_valid(Email, account.email) else None


def language_of(account: Account) -> str | None:
    """Return the language of the app at the sign-in; None if it is not known.

    The code of a language has two or three letters. No longer code is registered, so `null` is a mistake of the app.
    Source: https://www.rfc-editor.org/rfc/rfc5646#section-2.2.1
    """
    language = (account.locale or "").replace("_", "-")
    code = language.partition("-")[0].lower()
    is_language = len(code) <= 3 and code not in NO_LANGUAGES and is_valid(Language, language)
    return language if is_language else None


def profile_changes(stored: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """Return the fields to write into a profile so that it follows its account; empty if it follows already.

    The profile's name and picture are updated as long as they are the values that were copied last, because then the
    user has not changed them. The language is written once. The time zone is written if the profile has none.

    Args:
        stored: The profile's `FIELDS`, as they are stored.
        account: The account, as it is now.

    Returns:
        Values by field path. Some of them are `DELETE_FIELD`.
    """
    before = stored.get("fromAccount")
    new: dict[str, Any] = {"email": email_of(account), "emailVerified": account.email_verified or None}
    copies: dict[str, Any] = {}
    for name, value in copied_fields(account).items():
        old, last = stored.get(name) or EMPTY[name], _last_copied(before, name)
        if before is None and name == "photoURL" and old is None:
            # An old profile, from before `fromAccount`: the user may have removed the picture, so it is not set again.
            copies[name] = value
            continue
        # A profile from before `fromAccount` still has the values that were copied at the sign-up. A name that is not
        # valid is replaced in any case, because the rules would refuse each write of such a profile.
        untouched = old == last or (before is None and old == value) or not _may_have(name, old)
        copies[name] = value if untouched else last
        if untouched:
            new[name] = value
    copies["language"] = _last_copied(before, "language")
    preferences, language = stored.get("preferences", {}), language_of(account)
    if isinstance(preferences, Mapping):
        if language is not None and copies["language"] is None and "language" not in preferences:
            copies["language"] = new["preferences.language"] = language
        if account.time_zone is not None and "timeZone" not in preferences:
            new["preferences.timeZone"] = account.time_zone
    new["fromAccount"] = {name: value for name, value in copies.items() if value is not None}
    return {
        name: DELETE_FIELD if value is None else value
        for name, value in new.items()
        if (stored.get(name) or None) != value
    }


def is_valid(kind: Any, value: object) -> bool:
    """Return whether a value is valid for a field of this type."""
    try:
        _adapter(kind).validate_python(value, strict=True)
    except ValidationError:
        return False
    return True


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _last_copied(before: object, name: str) -> Any:
    return before.get(name, EMPTY[name]) if isinstance(before, Mapping) else EMPTY[name]


def _may_have(name: str, value: object) -> bool:
    return is_valid(Name, value) if name == "displayName" else value is None or is_valid(Url, value)


def _name_of(user: auth.UserRecord | AuthUserRecord) -> str | None:
    return _first(clean_name, (user.display_name, *(one.display_name for one in user.provider_data)))


def _photo_of(user: auth.UserRecord | AuthUserRecord) -> str | None:
    """Return the account's picture, or else a provider's. Linking a provider does not set the account's own picture."""
    pictures = (user.photo_url, *(one.photo_url for one in user.provider_data))
    return _first(lambda url: url if is_valid(Url, url) else None, pictures)


def _first(clean: Callable[[str | None], str | None], candidates: Iterable[str | None]) -> str | None:
    return next((found for found in map(clean, candidates) if found is not None), None)
