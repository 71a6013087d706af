"""Giving a user a role: the claims of the account's tokens, where it counts, and the profile, where it is read."""

import contextlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from firebase_admin import auth, exceptions
from firebase_functions import logger
from google.api_core.exceptions import Aborted
from google.cloud.firestore import SERVER_TIMESTAMP

from stoker import config
from stoker.errors import ClaimsTooLarge, Unavailable, UserNotFound
from stoker.firebase import app
from stoker.firestore.documents import FirestoreDocuments, StoredDocument
from stoker.firestore.optimistic import until_written
from stoker.firestore.writes import Create, Update
from stoker.users.profile import keep_if_alive, new_profile, of_record

MAX_CLAIMS_CHARACTERS = 1000
"""All claims of an account, as JSON. Source: https://firebase.google.com/docs/auth/admin/custom-claims"""

NO_ANSWER = (
    exceptions.UnavailableError,
    exceptions.DeadlineExceededError,
    exceptions.ResourceExhaustedError,
    exceptions.InternalError,
    exceptions.UnknownError,
)


@dataclass(frozen=True)
class Assigned:
    """What a user may be and do.

    Attributes:
        user_id: The user.
        role: `user`, `moderator` or `admin`.
        permissions: Such as `read:own-data`.
    """

    user_id: str
    role: str
    permissions: tuple[str, ...]


def assigned(account: auth.UserRecord) -> Assigned:
    """What the claims of an account say; an account without any is a `user`."""
    claims = account.custom_claims or {}
    permissions = claims.get("permissions")
    named = tuple(map(str, permissions)) if isinstance(permissions, list) else ()
    return Assigned(account.uid, str(claims.get("role", "user")), named)


def find_account(user_id: str) -> auth.UserRecord:
    """The account of a user.

    Raises:
        UserNotFound: There is none.
        Unavailable: Firebase Auth did not answer.
    """
    with _answers():
        return auth.get_user(user_id, app=app())


def account_exists(user_id: str) -> bool:
    """Whether there is such an account, locked or not.

    Raises:
        Unavailable: Firebase Auth did not answer.
    """
    try:
        find_account(user_id)
    except UserNotFound:
        return False
    return True


def is_alive(user_id: str) -> bool:
    """Whether there is such an account, and it is not locked.

    Raises:
        Unavailable: Firebase Auth did not answer.
    """
    try:
        return not find_account(user_id).disabled
    except UserNotFound:
        return False


def set_role(user_id: str, role: str, permissions: Sequence[str] | None = None, *, by: str) -> Assigned:
    """Gives a user a role. Doing it again changes nothing but the profile's `updatedAt`.

    Auth and Firestore share no transaction. The claims are written first, then the profile, on the condition that
    nobody has written it since it was read; otherwise all begins again. So of several at the same time the last one
    holds in both places, and where one crashes in between, calling again mends it.

    Args:
        user_id: The user.
        role: `user`, `moderator` or `admin`.
        permissions: Such as `read:own-data`; those that there are stay where it is left out.
        by: Who does it, for the log.

    Returns:
        What the user has now. A token that is out already says what was before, for an hour at most.

    Raises:
        UserNotFound: There is no such account.
        ClaimsTooLarge: The claims do not fit into a token.
        Unavailable: Firebase Auth did not answer, or others write the profile all the time.
    """
    try:
        before, new = until_written(lambda: _set_role(user_id, role, permissions))
    except Aborted:
        raise Unavailable(
            f"The profile of {user_id} is written by others all the time. Try again in a moment."
        ) from None
    if new != before:
        logger.info(
            "A role was set.",
            event="role-set",
            userId=user_id,
            by=by,
            role=new.role,
            roleBefore=before.role,
            permissions=list(new.permissions),
            permissionsBefore=list(before.permissions),
        )
    return new


def _set_role(user_id: str, role: str, permissions: Sequence[str] | None) -> tuple[Assigned, Assigned]:
    """Write the claims and then the profile; return what the user had before, and what the user has now."""
    profile = FirestoreDocuments().get(_path(user_id), ["role", "permissions"])
    account = find_account(user_id)
    before = assigned(account)
    new = Assigned(user_id, role, before.permissions if permissions is None else tuple(permissions))
    _set_claims(account, new)
    _write_profile(profile, account, new)
    return before, new


def _path(user_id: str) -> str:
    return f"{config.USERS}/{user_id}"


def _set_claims(account: auth.UserRecord, new: Assigned) -> None:
    claims: dict[str, Any] = {**(account.custom_claims or {}), "role": new.role, "permissions": list(new.permissions)}
    if not new.permissions:
        del claims["permissions"]
    if len(json.dumps(claims)) > MAX_CLAIMS_CHARACTERS:
        raise ClaimsTooLarge(
            f"A token has room for {MAX_CLAIMS_CHARACTERS:,} characters of claims, and these permissions need more. "
            "Give fewer."
        )
    if claims != account.custom_claims:
        with _answers():
            auth.set_custom_user_claims(account.uid, claims, app=app())


def _write_profile(profile: StoredDocument | None, account: auth.UserRecord, new: Assigned) -> None:
    # The time is written in any case: it is what lets others who do the same at the same time begin again.
    fields = {"role": new.role, "permissions": list(new.permissions), "updatedAt": SERVER_TIMESTAMP}
    if profile is not None:
        FirestoreDocuments().commit([Update(profile.path, fields, profile.update_time)])
    elif not account.disabled:  # A locked account may be under deletion, and has no use for a profile.
        made = {**new_profile(of_record(account)).to_firestore(), **fields}
        FirestoreDocuments().commit([Create(_path(account.uid), made)])
        if not keep_if_alive(account.uid, lambda: is_alive(account.uid)):
            find_account(account.uid)  # The role was given, unless the account is gone.


@contextlib.contextmanager
def _answers() -> Iterator[None]:
    """Says in our words what Firebase Auth's errors mean."""
    try:
        yield
    except auth.UserNotFoundError:
        raise UserNotFound("There is no such user. Check the uid or the e-mail address.") from None
    except NO_ANSWER:
        raise Unavailable("Firebase Auth did not answer. Try again in a moment.") from None
