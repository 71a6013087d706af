"""The project's keyring in Firestore: read, made at first use, rotated, and without the keys that were revoked."""

import functools
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pydantic import ValidationError

from stoker import config
from stoker.errors import KeyringDamaged
from stoker.firestore.documents import Documents, FirestoreDocuments
from stoker.firestore.optimistic import until_written
from stoker.firestore.writes import Create, Update
from stoker.host import SYSTEM, Host
from stoker.models.problems import problems
from stoker.models.server_keys import KeyringDocument
from stoker.signing.keyring import Keyring, UnknownKey, keyring_of, new_key

KEPT: Final = timedelta(minutes=5)
"""The greatest age of the ring that a process uses. So a revoked key verifies nothing after this time."""

LOOKS: Final = timedelta(seconds=10)
"""The least time between two reads because of an unknown key. Anyone may send tokens that name keys which do not exist,
and each read costs money."""


@dataclass(frozen=True)
class KeyringChange:
    """A change of the keyring that was written.

    Attributes:
        ring: The ring after the change.
        removed: The ids of the keys that were removed.
    """

    ring: Keyring
    removed: tuple[str, ...]


class KeyringStore:
    """The keyring of the project. Threads may share it.

    Args:
        documents: The database.
        host: The machine whose clock measures the age of the ring.
        draw: Draws random bytes of a length.

    Example:
        >>> from stoker.firestore.memory_documents import MemoryDocuments
        >>> store = KeyringStore(MemoryDocuments(SYSTEM.now))
        >>> ring = store.ring()
        >>> ring.verify("greeting", b"Hello", ring.sign("greeting", b"Hello"), ring.current)
        True
        >>> store.rotate().ring.current == ring.current
        False
    """

    def __init__(
        self, documents: Documents, host: Host = SYSTEM, draw: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        self._documents = documents
        self._host = host
        self._draw = draw
        self._lock = host.lock()
        self._known: tuple[Keyring, datetime] | None = None
        self._looked_at: datetime | None = None

    def ring(self, key_id: str | None = None) -> Keyring:
        """Return the keyring. The first use in the project makes it.

        Args:
            key_id: The id of a key that has signed something. A ring without this key may be an old copy. So the
                document is read again, but not more often than every ten seconds.

        Raises:
            KeyringDamaged: The document can't be read as a keyring.
        """
        now = self._host.now()
        if self._known is None or not timedelta() <= now - self._known[1] < KEPT:
            return self._renewed(now)
        ring = self._known[0]
        if key_id is None or key_id in ring or not self._may_look(now):
            return ring
        return self._renewed(now)

    def find(self) -> Keyring | None:
        """Read the keyring, and make none if there is none.

        Raises:
            KeyringDamaged: The document can't be read as a keyring.
        """
        found = self._read()
        return None if found is None else found[0]

    def rotate(self) -> KeyringChange:
        """Write a new current key, and drop the oldest key if there are more than five.

        Raises:
            KeyringDamaged: The document can't be read as a keyring.
        """
        added = new_key(self._host.now(), self._draw)

        def decide(ring: Keyring | None) -> Keyring:
            if ring is None:
                return keyring_of(added)
            # The ring has the key already if the answer to the write was lost.
            return ring if added.id in ring else ring.rotated(added)

        return self._change(decide)

    def revoke(self, key_ids: Collection[str]) -> KeyringChange:
        """Remove keys. Processes that have read the ring before go on with them for at most five minutes.

        Args:
            key_ids: The ids of the keys.

        Raises:
            KeyringDamaged: The document can't be read as a keyring.
            UnknownKey: The project's ring has none of these keys, or no ring exists.
            ValueError: The current key is among them. The ring would have no key that signs.
        """
        there: set[str] = set()

        def decide(ring: Keyring | None) -> Keyring:
            now_there = {key_id for key_id in key_ids if ring is not None and key_id in ring}
            there.update(now_there)
            if ring is None or not there:
                raise UnknownKey(", ".join(key_ids))
            return ring.without(now_there) if now_there else ring

        return self._change(decide)

    def _renewed(self, now: datetime) -> Keyring:
        """Read the ring, or make it, and keep it."""

        def decide(ring: Keyring | None) -> Keyring:
            return ring or keyring_of(new_key(now, self._draw))

        return self._change(decide).ring

    def _change(self, decide: Callable[[Keyring | None], Keyring]) -> KeyringChange:
        """Replace the ring on the condition that nobody else changes it meanwhile, and keep it.

        Args:
            decide: Returns the new ring for the ring that was read. If both are the same, nothing is written. It is
                called again after a conflict, also after an own write whose answer was lost.
        """
        # The copy is as old as the time before the read.
        now = self._host.now()
        seen: dict[str, None] = {}

        def attempt() -> Keyring:
            found = self._read()
            before, update_time = found or (None, None)
            seen.update(dict.fromkeys(key.id for key in before or ()))
            after = decide(before)
            if after is not before:
                self._write(after, update_time)
            return after

        ring = until_written(attempt, host=self._host)
        with self._lock:
            # A slow reader must not put an older copy over a newer one.
            if self._known is None or not now < self._known[1] <= self._host.now():
                self._known = ring, now
        return KeyringChange(ring, tuple(key_id for key_id in seen if key_id not in ring))

    def _read(self) -> tuple[Keyring, datetime] | None:
        """Return the ring and the time of its last write; None if there is no ring."""
        path = _path()
        try:
            found = self._documents.get(path)
        except ValueError as error:
            raise KeyringDamaged(_damaged("a field can't be decoded")) from error
        if found is None:
            return None
        try:
            return Keyring(KeyringDocument.from_firestore(found.data)), found.update_time
        except ValidationError as error:
            # `from None`, because the error holds the values of the fields, and so the secrets.
            raise KeyringDamaged(_damaged("; ".join(problems(error, found.data)))) from None

    def _write(self, ring: Keyring, update_time: datetime | None) -> None:
        fields = ring.document.to_firestore()
        write = Create(_path(), fields) if update_time is None else Update(_path(), fields, update_time)
        self._documents.commit([write])

    def _may_look(self, now: datetime) -> bool:
        """Return whether the document may be read because of an unknown key, and count that read."""
        with self._lock:
            if self._looked_at is not None and timedelta() <= now - self._looked_at < LOOKS:
                return False
            self._looked_at = now
            return True


@functools.cache
def keyring_store() -> KeyringStore:
    """Return the store of this process."""
    return KeyringStore(FirestoreDocuments())


def _path() -> str:
    return f"{config.SERVER_KEYS}/{config.KEYRING}"


def _damaged(reason: str) -> str:
    return (
        f"The keyring {_path()} can't be read: {reason}. Restore the document from a backup, or delete it: then a new "
        "keyring is made, and everything that was signed before is refused."
    )
