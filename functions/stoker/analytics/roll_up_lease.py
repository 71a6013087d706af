"""Who may write aggregates: one at a time. Each commit renews the lease, and none succeeds for who has lost it."""

import contextlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from stoker import config
from stoker.firestore import raw
from stoker.firestore.api_errors import TRANSIENT, Conflict
from stoker.firestore.client import client
from stoker.firestore.messages import plain, unchanged_since, written


class RollUpLeaseLost(Exception):
    """Someone else rolls up now: nothing more can be committed."""


class RollUpLease:
    """The right to write aggregates. It runs out by itself, where its holder dies."""

    def __init__(self, update_time: Any) -> None:
        self._token = secrets.token_hex(8)
        self._update_time = update_time

    @classmethod
    def take(cls) -> Self | None:
        """Take the lease, if nobody has it."""
        found = _read()
        if found is not None and _until(found) > datetime.now(UTC):
            return None
        lease = cls(None if found is None else found.update_time)
        try:
            [lease._update_time] = raw.commit([lease.renewal()])
        except Conflict:
            return None
        return lease

    def renewal(self) -> Any:
        """Return the write that must be in each commit: it is refused where the lease is lost, and renews it else."""
        return self._write(datetime.now(UTC) + timedelta(seconds=config.ROLL_UP_LEASE_SECONDS))

    def renewed(self, update_time: Any) -> None:
        """Take note of the renewal that was committed."""
        self._update_time = update_time

    def renew(self) -> None:
        """Renews it alone.

        Raises:
            RollUpLeaseLost: It was someone else's.
        """
        try:
            self.renewed(raw.commit([self.renewal()])[0])
        except Conflict:
            self.check()

    def check(self) -> None:
        """Find out whether it is still ours, after a commit was refused or its answer was lost.

        Raises:
            RollUpLeaseLost: It is not.
        """
        found = _read()
        if found is None or plain(found.fields["token"]) != self._token:
            raise RollUpLeaseLost
        self._update_time = found.update_time

    def give_back(self) -> None:
        """Let the next one have it at once."""
        with contextlib.suppress(Conflict, *TRANSIENT):  # It has become someone else's, or will run out.
            raw.commit([self._write(datetime.now(UTC))])

    def _write(self, until: datetime) -> Any:
        return unchanged_since(written(_name(), {"token": self._token, "expiresAt": until}), self._update_time)


def _name() -> str:
    return f"{client()._database_string}/documents/{config.ANALYTICS_LEASES}/roll-up"


def _read() -> Any | None:
    return next(raw.get_all([_name()]), None)


def _until(found: Any) -> datetime:
    until = plain(found.fields["expiresAt"])
    return until if isinstance(until, datetime) else datetime.now(UTC)
