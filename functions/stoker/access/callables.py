"""The rights to call each callable function: those of Stoker, and those that an app registers with `guarded`."""

from collections.abc import Iterable, Mapping
from typing import Final

from stoker.access.policies import CALLABLES
from stoker.access.policy import ROLES, CallPolicy
from stoker.registry import RegistrationError

MOST_CALLS: Final = 600
"""The most calls of a user in a minute that a function may allow. `rules/functions.rules` has the same bound."""

_own: dict[str, CallPolicy] = {}


def callables() -> Mapping[str, CallPolicy]:
    """Return the rights to call each function, by its name. The functions of Stoker come first."""
    return {**CALLABLES, **_own}


def register(name: str, roles: Iterable[str], calls_per_minute: int, app_check: bool) -> None:
    """Add the rights to call a function of the app. The arguments are those of `guarded`.

    Args:
        name: The name of the function.
        roles: The roles that may call it.
        calls_per_minute: The most calls of a user in a minute.
        app_check: Whether a call needs a token of Firebase App Check.

    Raises:
        RegistrationError: The rights are wrong, or another function has the name.
    """
    if name in CALLABLES:
        raise RegistrationError(f"Rename the function {name}: Stoker has a function of this name.")
    if name in _own:
        raise RegistrationError(f"The function {name} is guarded twice. Choose another name for one of both.")
    named = (roles,) if isinstance(roles, str) else tuple(roles)
    if not named or len(set(named)) < len(named) or not {*named} <= {*ROLES}:
        raise RegistrationError(f"The function {name} has roles={named!r}. Name some of {', '.join(ROLES)}, each once.")
    if type(calls_per_minute) is not int or not 1 <= calls_per_minute <= MOST_CALLS:
        raise RegistrationError(
            f"The function {name} has calls_per_minute={calls_per_minute!r}. Choose 1 to {MOST_CALLS}."
        )
    if not isinstance(app_check, bool):
        raise RegistrationError(f"The function {name} has app_check={app_check!r}. Choose True or False.")
    _own[name] = CallPolicy(
        signed_in=True, roles=named, permissions=(), app_check=app_check, calls_per_minute=calls_per_minute
    )


def forget_callable(name: str) -> None:
    """Remove the rights of a function of the app, after a test that has registered them.

    Args:
        name: The name of the function.
    """
    _own.pop(name, None)
