"""Accounts of Firebase Auth in memory."""

import itertools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from firebase_admin import auth


class Accounts:
    """The accounts of a project. Something may happen before or after a call.

    Attributes:
        error: Raised by the next look-up, once.
        before: What happens before a call, by the call's name: `get_user`, `update_user` or `delete_user`. Each once.
        after: What happens after a call, in the same way.
    """

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.before: dict[str, Callable[[], object]] = {}
        self.after: dict[str, Callable[[], object]] = {}
        self._accounts: dict[str, SimpleNamespace] = {}
        self._times = itertools.count(1_700_000_000_000)

    def make(self, user_id: str, **known: int | None) -> None:
        """Make an account, at another time than all accounts before, or `at` a given time in milliseconds."""
        made = known.get("at", next(self._times))
        times = SimpleNamespace(creation_timestamp=made, last_sign_in_timestamp=None)
        fields: dict[str, Any] = {"custom_claims": None, "provider_data": []}
        self._accounts[user_id] = SimpleNamespace(uid=user_id, disabled=False, user_metadata=times, **fields)

    def lock(self, user_id: str) -> None:
        """Lock an account, as an admin does in the console."""
        self._accounts[user_id].disabled = True

    def remove(self, user_id: str) -> None:
        """Delete an account, as its user does with the client SDK."""
        del self._accounts[user_id]

    def state(self, user_id: str) -> str:
        """Return `gone`, `locked` or `active`."""
        found = self._accounts.get(user_id)
        return "gone" if found is None else "locked" if found.disabled else "active"

    def get_user(self, user_id: str, app: object = None) -> Any:
        """Return an account as it is now; see `firebase_admin.auth`."""
        self._meet(self.before, "get_user")
        error, self.error = self.error, None
        if error is not None:
            raise error
        found = self._find(user_id) if user_id in self._accounts else None
        copy = SimpleNamespace(**vars(found)) if found is not None else None
        self._meet(self.after, "get_user")
        if copy is None:
            raise auth.UserNotFoundError("There is no such account.")
        return copy

    def update_user(self, user_id: str, *, disabled: bool, app: object = None) -> None:
        """Lock or unlock an account."""
        self._meet(self.before, "update_user")
        self._find(user_id).disabled = disabled
        self._meet(self.after, "update_user")

    def revoke_refresh_tokens(self, user_id: str, app: object = None) -> None:
        """End the sessions of an account."""
        self._find(user_id)

    def delete_user(self, user_id: str, app: object = None) -> None:
        """Delete an account."""
        self._meet(self.before, "delete_user")
        self._find(user_id)
        del self._accounts[user_id]
        self._meet(self.after, "delete_user")

    def _find(self, user_id: str) -> SimpleNamespace:
        if user_id not in self._accounts:
            raise auth.UserNotFoundError("There is no such account.")
        return self._accounts[user_id]

    @staticmethod
    def _meet(happenings: dict[str, Callable[[], object]], call: str) -> None:
        happenings.pop(call, lambda: None)()
