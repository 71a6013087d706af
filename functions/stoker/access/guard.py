"""The guard of a callable function, which checks the rights to call it before the function runs."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar, overload

from firebase_functions.https_fn import CallableRequest, HttpsError

from stoker.access.callables import callables, register
from stoker.access.policy import ROLES, CallPolicy
from stoker.errors import AppCheckNeeded, NotAllowed, StokerError, Unavailable
from stoker.registry import RegistrationError

CALLABLE_SECONDS = 50.0
"""The longest time that a call may wait for Firestore in all, in seconds. Each function has 60 s, so there is time to
answer the caller."""

Answer = TypeVar("Answer")
Body = Callable[[CallableRequest[Any]], Answer]


@overload
def guarded(body: Body[Answer], /) -> Body[Answer]: ...


@overload
def guarded(
    *, roles: Iterable[str] = ..., calls_per_minute: int = ..., app_check: bool = ...
) -> Callable[[Body[Answer]], Body[Answer]]: ...


def guarded(
    body: Body[Any] | None = None,
    /,
    *,
    roles: Iterable[str] = ROLES,
    calls_per_minute: int = 30,
    app_check: bool = False,
) -> Any:
    """Guard a function: run it only for calls that it allows, and convert its errors for clients.

    Put `@guarded(...)` right below `@on_call`. The plain `@guarded` is for Stoker's own functions, whose rights are in
    `rules/functions.rules`.

    Args:
        body: A function of Stoker. Its name has an entry in `rules/functions.rules`.
        roles: The roles that may call the function: `user`, `moderator` and `admin`. The caller is always signed in.
        calls_per_minute: The most calls of a user in a minute, from 1 to 600.
        app_check: Whether the call needs a token of Firebase App Check.

    Raises:
        RegistrationError: The rights are wrong, or the function has none. This is raised at the function's definition,
            so that the function can't be deployed.

    Example:
        >>> from stoker.access.callables import forget_callable
        >>> @guarded(roles=("admin",), calls_per_minute=10)
        ... def closeShop(request):
        ...     return {"closed": True}
        >>> callables()["closeShop"].roles
        ('admin',)
        >>> forget_callable("closeShop")
    """
    if body is not None:
        if body.__name__ not in callables():
            raise RegistrationError(
                f"The function {body.__name__} has no rights. Name the callers: "
                '@guarded(roles=("user",), calls_per_minute=30). A function of Stoker itself has an entry in '
                "rules/functions.rules instead, and needs a run of scripts/generate."
            )
        return _guard(body)

    def decorate(own: Body[Any]) -> Body[Any]:
        register(own.__name__, roles, calls_per_minute, app_check)
        return _guard(own)

    return decorate


def _guard(body: Body[Answer]) -> Body[Answer]:
    name = body.__name__
    policy = callables()[name]

    @wraps(body)
    def call(request: CallableRequest[Any]) -> Answer:
        from stoker.access.answers import NOT_FOR_CALLERS, https_error  # Not above: every cold start would import it.
        from stoker.firestore.api_errors import TRANSIENT
        from stoker.firestore.deadline import deadline
        from stoker.logs import log_error

        try:
            with deadline(CALLABLE_SECONDS):
                check(name, policy, request)
                return body(request)
        except HttpsError:
            raise
        except StokerError as error:
            if isinstance(error, NOT_FOR_CALLERS):
                log_error("A call has failed because of the app's own set-up.", error, function=name)
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
