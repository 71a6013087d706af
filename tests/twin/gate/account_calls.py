"""Firebase Auth, in front of its emulator.

Source of the permissions: https://cloud.google.com/identity-platform/docs/access-control
"""

import re

import httpx

from twin.gate.functions_account import FunctionsAccount
from twin.gate.http_calls import Answer, Call, denied

PERMISSIONS = {
    ("POST", "lookup"): "firebaseauth.users.get",
    ("GET", "batchGet"): "firebaseauth.users.get",
    ("POST", "update"): "firebaseauth.users.update",
    ("POST", "delete"): "firebaseauth.users.delete",
}
"""The permission of each call."""

CALL = re.compile(r"/v1/projects/[^/]+/accounts:(\w+)")

DENIED = "The caller does not have permission"


class Accounts:
    """The accounts of a project's users.

    Args:
        account: The account of the functions.
        emulator: The emulator, as `host:port`.
    """

    def __init__(self, account: FunctionsAccount, emulator: str) -> None:
        self._account, self._emulator = account, emulator

    def __call__(self, call: Call) -> Answer | None:
        """Answer a call."""
        found = CALL.fullmatch(call.path)
        permission = PERMISSIONS.get((call.method, found[1])) if found else None
        if found is None or permission is None:
            return None
        if self._account.lacking(f"FirebaseAuth.{found[1]}", [permission]):
            return denied(DENIED)
        answer = httpx.request(
            call.method,
            f"http://{self._emulator}/{call.host}{call.target}",
            content=call.body,
            headers={"Authorization": "Bearer owner", "Content-Type": "application/json"},
            timeout=60,
        )
        return Answer(answer.status_code, answer.content, {"Content-Type": "application/json"})
