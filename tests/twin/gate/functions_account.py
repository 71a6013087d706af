"""The service account of the functions, with the roles that a test gives to it."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from stoker_tools.deploy.needs import ROLES

TOKEN = "a-token-of-the-functions"
"""The access token that the metadata server gives out, and that each call must carry."""


@dataclass(frozen=True)
class Check:
    """A check of a permission.

    Attributes:
        call: The call, such as `Firestore.Commit`.
        permission: The permission.
        allowed: Whether the account had it.
    """

    call: str
    permission: str
    allowed: bool


class FunctionsAccount:
    """The account.

    Args:
        project: The project's id.

    Attributes:
        email: The account's address.
        roles: The names of its roles. At first, it has all roles of `needs.ROLES`.
        checks: Every check of a permission so far.
        unknown: The calls that the gate does not know. Stoker does not make them, so the gate refused them.
    """

    def __init__(self, project: str) -> None:
        self.email = f"functions@{project}.iam.gserviceaccount.com"
        self.roles = {role.name for role in ROLES}
        self.checks: list[Check] = []
        self.unknown: list[str] = []
        self._lock = threading.Lock()

    def lacking(self, call: str, permissions: Iterable[str]) -> str | None:
        """Check permissions in turn; return the first that the account lacks, or None."""
        held = {permission for role in ROLES if role.name in self.roles for permission in role.permissions}
        for permission in permissions:
            with self._lock:
                self.checks.append(Check(call, permission, permission in held))
            if permission not in held:
                return permission
        return None

    @contextmanager
    def without(self, role: str) -> Iterator[None]:
        """Take a role away during the block."""
        self.roles.remove(role)
        try:
            yield
        finally:
            self.roles.add(role)
