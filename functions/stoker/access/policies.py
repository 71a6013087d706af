"""The rights to call each function. Made by scripts/generate from rules/functions.rules: change it there."""

from collections.abc import Mapping

from stoker.access.policy import CallPolicy

CALLABLES: Mapping[str, CallPolicy] = {
    "retryJob": CallPolicy(
        signed_in=True,
        roles=("user", "moderator", "admin"),
        permissions=(),
        app_check=False,
        calls_per_minute=30,
    ),
    "deleteJob": CallPolicy(
        signed_in=True,
        roles=("user", "moderator", "admin"),
        permissions=(),
        app_check=False,
        calls_per_minute=30,
    ),
    "setRole": CallPolicy(
        signed_in=True,
        roles=("admin",),
        permissions=(),
        app_check=False,
        calls_per_minute=30,
    ),
    "ensureProfile": CallPolicy(
        signed_in=True,
        roles=("user", "moderator", "admin"),
        permissions=(),
        app_check=False,
        calls_per_minute=10,
    ),
    "deleteAccount": CallPolicy(
        signed_in=True,
        roles=("user", "moderator", "admin"),
        permissions=(),
        app_check=False,
        calls_per_minute=10,
    ),
}
