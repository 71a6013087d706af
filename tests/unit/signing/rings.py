"""Keyrings, and their documents in memory, with a clock of the test's own."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from stoker.firestore.documents import StoredDocument
from stoker.firestore.memory_documents import MemoryDocuments
from stoker.host import SystemHost
from stoker.models.server_keys import SigningKey
from stoker.signing.keyring import Keyring, keyring_of

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def key(number: int) -> SigningKey:
    """Return a key that is always the same for the same number."""
    return SigningKey(id=f"{number:08x}", secret=bytes([number]) * 32, created_at=NOW + timedelta(days=number))


def ring_of(*numbers: int) -> Keyring:
    """Return a ring whose current key is the last one."""
    first, *others = map(key, numbers)
    ring = keyring_of(first)
    for one in others:
        ring = ring.rotated(one)
    return ring


class Clock(SystemHost):
    """The machine with a clock that only the test moves. Nothing waits."""

    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        pass

    def go_on(self, seconds: float) -> None:
        """Move the clock."""
        self.time += timedelta(seconds=seconds)


class CountedReads(MemoryDocuments):
    """A database in memory that counts its reads.

    Attributes:
        reads: The number of reads.
    """

    def __init__(self) -> None:
        super().__init__(lambda: NOW)
        self.reads = 0

    def get(self, path: str, fields: Sequence[str] = ()) -> StoredDocument | None:
        self.reads += 1
        return super().get(path, fields)
