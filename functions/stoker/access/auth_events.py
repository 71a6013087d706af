"""The triggers for new and deleted accounts. The Firebase SDK for Python (0.6) has no decorators for them yet.

Source: https://firebase.google.com/docs/functions/auth-events
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, cast

from cloudevents.http import CloudEvent
from firebase_functions.options import EventHandlerOptions
from firebase_functions.private.manifest import EventTrigger
from firebase_functions.private.util import set_func_endpoint_attr

CREATED = "google.firebase.auth.user.v2.created"
DELETED = "google.firebase.auth.user.v2.deleted"


@dataclass(frozen=True)
class AuthUserEvent:
    """The event of a new or deleted account.

    Attributes:
        id: The event's id. It stays the same if the event is delivered again.
        user_id: The account's uid.
    """

    id: str
    user_id: str


Handler = Callable[[AuthUserEvent], None]
Trigger = Callable[[CloudEvent], None]


def user_created(**options: Any) -> Callable[[Handler], Trigger]:
    """Call a function after an account was made, also after an anonymous account or an account that an admin has made.

    The first sign-in with a custom token also makes an account, but sends no event. An event may come twice, late, or
    not at all.

    Args:
        options: The options of the SDK's decorators, such as `region`, `memory` and `timeout_sec`.
    """
    return _trigger(CREATED, options)


def user_deleted(**options: Any) -> Callable[[Handler], Trigger]:
    """Call a function after an account was deleted, by its user, by an admin or in the console.

    An event may come twice, late, or not at all, most of all after many deletions at once.

    Args:
        options: As in `user_created`.
    """
    return _trigger(DELETED, options)


def event_of(raw: CloudEvent) -> AuthUserEvent:
    """Return the event of a raw CloudEvent.

    Raises:
        ValueError: The event names no user.
    """
    data = raw.get_data()
    sent: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
    # The account after its creation, or before its deletion.
    user = sent.get("value") or sent.get("oldValue") or sent
    user_id = user.get("uid") if isinstance(user, Mapping) else None
    if not isinstance(user_id, str) or not user_id:
        raise ValueError(f"The event {raw['id']} names no user.")
    return AuthUserEvent(str(raw["id"]), user_id)


def _trigger(event_type: str, options: Mapping[str, Any]) -> Callable[[Handler], Trigger]:
    def decorate(handler: Handler) -> Trigger:
        @wraps(handler)
        def call(raw: CloudEvent) -> None:
            handler(event_of(raw))

        endpoint = EventHandlerOptions(**options)._endpoint(
            func_name=handler.__name__, event_filters={}, event_type=event_type
        )
        # Firebase Auth has no region, so the trigger is global in every region of the function.
        trigger = cast(EventTrigger, {**(endpoint.eventTrigger or {}), "region": "global"})
        set_func_endpoint_attr(call, replace(endpoint, eventTrigger=trigger))
        return call

    return decorate
