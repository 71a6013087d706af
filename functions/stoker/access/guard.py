"""The guard of a callable function, which checks the rights of `rules/functions.rules` before the function runs."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from firebase_functions.https_fn import CallableRequest, HttpsError

from stoker.access.policies import CALLABLES
from stoker.access.policy import CallPolicy
from stoker.errors import AppCheckNeeded, NotAllowed, StokerError, Unavailable

CALLABLE_SECONDS = 50.0
"""The longest time that a call may wait for Firestore in all, in seconds. Each function has 60 s, so there is time to
answer the caller."""

Answer = TypeVar("Answer")
Body = Callable[[CallableRequest[Any]], Answer]


def guarded(body: Body[Answer]) -> Body[Answer]:
    """Guard a function: run it only for calls that `rules/functions.rules` allows, and convert its errors for clients.

    Put `@guarded` right below `@on_call`.

    Args:
        body: The function. Its name must have an entry in `rules/functions.rules`.

    Raises:
        RuntimeError: The function has no entry. This is raised at the function's definition, so that the function can't
            be deployed.
    """
    name = body.__name__
    if name not in CALLABLES:
        raise RuntimeError(f"Add an entry for {name} to rules/functions.rules, and run scripts/generate.")

    @wraps(body)
    def call(request: CallableRequest[Any]) -> Answer:
        from stoker.access.answers import https_error  # Not above: every cold start would import it.
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
            raise https_error(Unavailable("A service did not answer.")) from None
        except Exception as error:
            # Only the log has the details, because they may be secret.
            log_error("A call has failed with an unexpected error.", error, function=name)
            raise https_error(StokerError("Something went wrong on our side. Call again in a moment.")) from None

    call.__guarded__ = name  # type: ignore[attr-defined]  # for the test that all callables are guarded
    return call


def check(name: str, policy: CallPolicy, request: CallableRequest[Any]) -> None:
    """Check that a call may pass, and count it.

    Args:
        name: The function's name.
        policy: The rights to call the function.
        request: The call.

    Raises:
        AppCheckNeeded, NotSignedIn, NotAllowed, TooManyCalls, UserIdRefused: The call may not pass.
    """
    from stoker.access.caller import caller_of

    if policy.app_check and request.app is None:
        raise AppCheckNeeded("Call from the app itself, with a token of Firebase App Check.")
    if not policy.signed_in:
        return
    caller = caller_of(request)
    if caller.role not in policy.roles or not caller.permissions.issuperset(policy.permissions):
        raise NotAllowed(f"You may not call {name}. Ask an admin for the right to call it, and sign in again.")
    if policy.calls_per_minute is not None:
        from stoker.access.rate import count_call  # Not above: it imports Firestore's client.

        count_call(caller.user_id, name, policy.calls_per_minute)
