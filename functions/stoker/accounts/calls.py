"""The callable functions about users. `rules/functions.rules` declares who may call them."""

from dataclasses import replace
from typing import Any

from firebase_functions import logger
from firebase_functions.https_fn import CallableRequest
from pydantic import ValidationError

from stoker.access import account, departure
from stoker.access.caller import caller_of
from stoker.access.recent_sign_in import check_recent_sign_in
from stoker.accounts.account_copy import account_of_record
from stoker.accounts.account_deletion import delete_account
from stoker.accounts.profile import ensure_profile
from stoker.accounts.roles import give_first_role, role_assignment, set_role
from stoker.errors import InvalidArgument, NotAllowed, OwnRole
from stoker.models.document import is_time_zone
from stoker.models.problems import problems
from stoker.models.user import ProfileHints, RoleChange


def call_set_role(request: CallableRequest[Any]) -> dict[str, Any]:
    """Set a user's role. The caller must be an admin.

    Admins cannot remove their own admin role, so that an app does not lose its last admin by mistake. Two admins who
    remove each other's role at the same moment both lose it. `scripts/roles` repairs that.

    Args:
        request: The call, whose `data` is a `RoleChange`.

    Returns:
        `{userId, role, permissions}`, as they are now.

    Raises:
        NotAllowed: The caller has lost the role of admin since the token was issued.
        InvalidArgument: The arguments are not a `RoleChange`.
        OwnRole: Admins tried to remove their own role.
        UserNotFound, ClaimsTooLarge, Unavailable: As `set_role`.
    """
    caller = caller_of(request)
    change = _change(request.data)
    if change.user_id == caller.user_id and change.role != "admin":
        raise OwnRole("You can't take the role of admin from yourself. Ask another admin to do it.")
    # A token may be an hour old. The account itself is read, because an admin who was removed must not set roles.
    record = account.get(caller.user_id)
    if record.disabled or role_assignment(record).role != "admin":
        raise NotAllowed("You are not an admin any more. Sign in again.")
    new = set_role(change.user_id, change.role, change.permissions, by=caller.user_id)
    return {"userId": new.user_id, "role": new.role, "permissions": list(new.permissions)}


def call_ensure_profile(request: CallableRequest[Any]) -> dict[str, Any]:
    """Create the caller's profile if there is none, and let it follow the account.

    Firebase Auth sends no event if a user signs in with a custom token, changes the name, or links an anonymous
    account.

    Args:
        request: The call, whose `data` is a `ProfileHints` or nothing.

    Returns:
        `{userId, created}`.

    Raises:
        InvalidArgument: There are other arguments, or the time zone is not a short text.
        UserNotFound: The account is gone.
        NotAllowed: The account is locked.
        Unavailable: Firebase Auth did not answer.
    """
    caller = caller_of(request)
    time_zone = _time_zone(request.data)
    record = account.get(caller.user_id)
    if record.disabled:
        raise NotAllowed("Your account is locked.")
    departure.forget_earlier_account(caller.user_id)
    found = account_of_record(record)
    created = ensure_profile(found if time_zone is None else replace(found, time_zone=time_zone))
    # An account without a provider is anonymous, or signs in with custom tokens, which carry their own role.
    if record.provider_data and "role" not in (record.custom_claims or {}):
        give_first_role(caller.user_id)
    return {"userId": caller.user_id, "created": created}


def call_delete_account(request: CallableRequest[Any]) -> dict[str, str]:
    """Start the deletion of the caller's account and of all data of the caller.

    Args:
        request: The call, without arguments.

    Returns:
        `{jobId}`. The caller can read the job until the caller's ID token expires.

    Raises:
        InvalidArgument: There are arguments.
        RecentSignInRequired: The caller signed in more than five minutes ago.
        UserNotFound: The account is gone.
        NotAllowed: The account is locked.
        Unavailable: Firebase Auth or Firestore did not answer.
    """
    caller = caller_of(request)
    _check_empty(request.data)
    check_recent_sign_in(request.auth.token if request.auth is not None else {})
    return {"jobId": delete_account(caller.user_id)}


def _check_empty(data: Any) -> None:
    if data not in (None, {}):
        raise InvalidArgument("Call without arguments: it is about yourself.")


def _time_zone(data: Any) -> str | None:
    if data is not None and not isinstance(data, dict):
        raise InvalidArgument("Call with {timeZone}, or without arguments.")
    try:
        time_zone = ProfileHints.from_firestore(data or {}).time_zone
    except ValidationError as error:
        raise InvalidArgument(f"These arguments can't be used: {'; '.join(problems(error, data))}.") from None
    if time_zone is not None and not is_time_zone(time_zone):
        # The device named the zone, not the user. So an unknown zone must not keep the user from getting a profile.
        logger.warn("The client named an unknown time zone, which was ignored.", timeZone=time_zone)
        return None
    return time_zone


def _change(data: Any) -> RoleChange:
    if not isinstance(data, dict):
        raise InvalidArgument("Call with {userId, role}, and permissions where they are to change.")
    try:
        return RoleChange.from_firestore(data)
    except ValidationError as error:
        raise InvalidArgument(f"The role can't be set: {'; '.join(problems(error, data))}.") from None
