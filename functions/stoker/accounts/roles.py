"""Users' roles: the claims of the account's tokens, which the rules read, and a copy in the profile, for display."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from firebase_admin import auth
from firebase_functions import logger
from google.api_core.exceptions import Aborted
from google.cloud.firestore import SERVER_TIMESTAMP

from stoker import config
from stoker.access import account
from stoker.accounts.account_copy import account_of_record
from stoker.accounts.profile import keep_if_alive, new_profile
from stoker.errors import ClaimsTooLarge, Unavailable
from stoker.firestore.documents import FirestoreDocuments, StoredDocument
from stoker.firestore.optimistic import until_written
from stoker.firestore.writes import Create, Update

MAX_CLAIMS_CHARACTERS = 1000
"""The most characters of all claims of an account, as JSON.
Source: https://firebase.google.com/docs/auth/admin/custom-claims"""


@dataclass(frozen=True)
class RoleAssignment:
    """A user's role and permissions.

    Attributes:
        user_id: The uid of the user.
        role: The role: `user`, `moderator` or `admin`.
        permissions: The permissions, such as `read:own-data`.
    """

    user_id: str
    role: str
    permissions: tuple[str, ...]


def role_assignment(record: auth.UserRecord) -> RoleAssignment:
    """Return the role and the permissions in the claims of an account. Without claims, the role is `user`."""
    claims = record.custom_claims or {}
    permissions = claims.get("permissions")
    named = tuple(map(str, permissions)) if isinstance(permissions, list) else ()
    return RoleAssignment(record.uid, str(claims.get("role", "user")), named)


def set_role(user_id: str, role: str, permissions: Sequence[str] | None = None, *, by: str) -> RoleAssignment:
    """Set a user's role. A second call with the same arguments changes nothing but the profile's `updatedAt`.

    Auth and Firestore share no transaction. The claims are written first. Then the profile is written, on the condition
    that it has not changed since it was read. If it has changed, both are written again. So if several calls run at
    the same time, the last one wins in both places. If a call crashes between the two writes, a second call completes
    it.

    Args:
        user_id: The uid of the user.
        role: The role: `user`, `moderator` or `admin`.
        permissions: The permissions, such as `read:own-data`; None to keep the user's permissions.
        by: The name of the caller, for the log.

    Returns:
        The user's role and permissions now. A token that was issued before keeps the old claims until it expires, an
        hour at most.

    Raises:
        UserNotFound: There is no such account.
        ClaimsTooLarge: The claims do not fit into a token.
        Unavailable: Firebase Auth did not answer, or others wrote the profile during all tries.
    """
    try:
        before, new = until_written(lambda: _set_role(user_id, role, permissions))
    except Aborted:
        raise Unavailable(f"The profile of {user_id} is written by others all the time.") from None
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


def give_first_role(user_id: str) -> bool:
    """Give the role `user` to an account without a role, as a sign-up does.

    An anonymous account has no claims. It still has none after its user has linked it with an address or a provider.

    Args:
        user_id: The uid of the user.

    Returns:
        Whether the claims had no role.

    Raises:
        UserNotFound, ClaimsTooLarge, Unavailable: As `set_role`.
    """
    first: RoleAssignment | None = None

    def attempt() -> bool:
        nonlocal first
        profile = FirestoreDocuments().get(_path(user_id), ["role", "permissions"])
        shown = _assignment_in_profile(user_id, profile)
        first = first or shown
        record = account.get(user_id)
        if shown != first:
            # An admin has set a role meanwhile, and this function may have overwritten its claims.
            new = shown
        elif "role" in (record.custom_claims or {}):
            return False
        else:
            new = role_assignment(record)
        _set_claims(record, new)
        _write_profile(profile, record, new)
        return True

    try:
        return until_written(attempt)
    except Aborted:
        raise Unavailable(f"The profile of {user_id} is written by others all the time.") from None


def _assignment_in_profile(user_id: str, profile: StoredDocument | None) -> RoleAssignment:
    """Return the role and the permissions in a profile."""
    data = profile.data if profile is not None else {}
    return RoleAssignment(user_id, data.get("role", "user"), tuple(data.get("permissions") or ()))


def _set_role(user_id: str, role: str, permissions: Sequence[str] | None) -> tuple[RoleAssignment, RoleAssignment]:
    """Write the claims and then the profile. Return the user's role and permissions before and now."""
    profile = FirestoreDocuments().get(_path(user_id), ["role", "permissions"])
    record = account.get(user_id)
    before = role_assignment(record)
    new = RoleAssignment(user_id, role, before.permissions if permissions is None else tuple(permissions))
    _set_claims(record, new)
    _write_profile(profile, record, new)
    return before, new


def _path(user_id: str) -> str:
    return f"{config.USERS}/{user_id}"


def _set_claims(record: auth.UserRecord, new: RoleAssignment) -> None:
    claims: dict[str, Any] = {**(record.custom_claims or {}), "role": new.role, "permissions": list(new.permissions)}
    if not new.permissions:
        del claims["permissions"]
    if len(json.dumps(claims)) > MAX_CLAIMS_CHARACTERS:
        raise ClaimsTooLarge(
            f"A token has room for {MAX_CLAIMS_CHARACTERS:,} characters of claims, and these permissions need more. "
            "Give fewer."
        )
    if claims != record.custom_claims:
        account.set_claims(record.uid, claims)


def _write_profile(profile: StoredDocument | None, record: auth.UserRecord, new: RoleAssignment) -> None:
    # `updatedAt` is written in any case, so that a call that runs at the same time sees the write and starts again.
    fields = {"role": new.role, "permissions": list(new.permissions), "updatedAt": SERVER_TIMESTAMP}
    if profile is not None:
        FirestoreDocuments().commit([Update(profile.path, fields, profile.update_time)])
    elif not record.disabled:  # A locked account may be under deletion, and needs no profile.
        made = {**new_profile(account_of_record(record)), **fields}
        FirestoreDocuments().commit([Create(_path(record.uid), made)])
        if not keep_if_alive(record.uid):
            account.get(record.uid)  # Raises UserNotFound if the account is gone. Otherwise the role was set.
