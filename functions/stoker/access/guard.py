"""The one way into a function that clients call: what `rules/functions.rules` says of it is checked before it runs."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from firebase_functions.https_fn import CallableRequest, HttpsError

from stoker.access.policies import CALLABLES
from stoker.access.policy import CallPolicy
from stoker.errors import AppCheckNeeded, NotAllowed, StokerError, Unavailable

CALLABLE_SECONDS = 50.0
"""The longest that a call may wait for Firestore in all. Each function has 60 s, so that the caller hears of it."""

Answer = TypeVar("Answer")
Body = Callable[[CallableRequest[Any]], Answer]


def guarded(body: Body[Answer]) -> Body[Answer]:
    """Lets a call reach a function's body only as `rules/functions.rules` allows, and makes an error of the body's one
    that clients understand. It stands right below `on_call`.

    Args:
        body: The function, whose name has an entry there.

    Raises:
        RuntimeError: There is no such entry. Raised where the function is defined, so that it can't be deployed.
    """
    name = body.__name__
    if name not in CALLABLES:
        raise RuntimeError(f"Say in rules/functions.rules who may call {name}, and run scripts/generate.")

    @wraps(body)
    def call(request: CallableRequest[Any]) -> Answer:
        from stoker.access.answers import https_error  # every cold start pays for what is imported above
        from stoker.firestore.api_errors import TRANSIENT
        from stoker.firestore.deadline import deadline
        from stoker.logs import log_error

        try:
            with deadline(CALLABLE_SECONDS):
                check(name, CALLABLES[name], request)
                return body(request)
        except HttpsError:
            raise
        except StokerError as error:
            raise https_error(error) from None
        except TRANSIENT as error:
            log_error("A service did not answer a call.", error, function=name)
            raise https_error(Unavailable("A service did not answer. Call again in a moment.")) from None
        except Exception as error:
            # The caller learns nothing of what is inside; the log does.
            log_error("A call met an error that nobody foresaw.", error, function=name)
            raise https_error(StokerError("Something went wrong on our side. Call again in a moment.")) from None

    call.__guarded__ = name  # type: ignore[attr-defined]  # a test sees by it that main.py forgets no function
    return call


def check(name: str, policy: CallPolicy, request: CallableRequest[Any]) -> None:
    """Lets a call pass, and counts it.

    Args:
        name: The function's.
        policy: Who may call it.
        request: The call.

    Raises:
        AppCheckNeeded, NotSignedIn, NotAllowed, TooManyCalls: It may not pass.
    """
    from stoker.access.caller import caller_of

    if policy.app_check and request.app is None:
        raise AppCheckNeeded("Call from the app itself, with a token of Firebase App Check.")
    if not policy.signed_in:
        return
    caller = caller_of(request)
    if caller.role not in policy.roles or not caller.permissions.issuperset(policy.permissions):
        raise NotAllowed(f"You may not call {name}. Ask an admin for the right to, and sign in again.")
    if policy.calls_per_minute is not None:
        from stoker.access.rate import count_call  # with it comes Firestore's client

        count_call(caller.user_id, name, policy.calls_per_minute)
