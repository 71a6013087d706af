"""The lease of the roll-up: only its holder can write aggregates. Each commit renews it, and fails if it is lost."""

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
    """Another roll-up or rebuild has taken the lease, so nothing more can be committed."""


class RollUpLease:
    """The exclusive right to write aggregates. It expires by itself if its holder dies."""

    def __init__(self, update_time: Any) -> None:
        self._token = secrets.token_hex(8)
        self._update_time = update_time

    @classmethod
    def take(cls) -> Self | None:
        """Take the lease. Return None if somebody else holds it."""
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
        """Return the write that renews the lease, for each commit. It is refused if the lease is lost."""
        return self._write(datetime.now(UTC) + timedelta(seconds=config.ROLL_UP_LEASE_SECONDS))

    def renewed(self, update_time: Any) -> None:
        """Store the update time of a renewal that was committed.

        Args:
            update_time: The update time that Firestore returned for `renewal`.
        """
        self._update_time = update_time

    def renew(self) -> None:
        """Renew the lease in a commit of its own.

        Raises:
            RollUpLeaseLost: Somebody else has taken the lease.
        """
        try:
            self.renewed(raw.commit([self.renewal()])[0])
        except Conflict:
            self.check()

    def check(self) -> None:
        """Read the lease again, after a commit was refused or its answer was lost.

        Raises:
            RollUpLeaseLost: Somebody else has taken the lease.
        """
        found = _read()
        if found is None or plain(found.fields["token"]) != self._token:
            raise RollUpLeaseLost
        self._update_time = found.update_time

    def give_back(self) -> None:
        """Release the lease, so that the next roll-up can take it at once."""
        with contextlib.suppress(Conflict, *TRANSIENT):  # Somebody else has taken the lease, or it will expire.
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
