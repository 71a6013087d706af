"""The keyring: the keys with which the server signs, and with which it verifies what it has signed.

The decisions about keys are here. `keyring_store.py` reads and writes the project's keyring.
"""

import hmac
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Final

from stoker.models.server_keys import MOST_KEYS, SECRET_BYTES, KeyringDocument, SigningKey

HASH: Final = "sha256"

MAC_BYTES: Final = 32
"""The length of a signature, in bytes: the whole hash."""

ID_BYTES: Final = 4
"""The length of a key's id, in bytes. In text, it has two hexadecimal digits for each byte."""


class UnknownKey(Exception):
    """A key that the keyring does not have: it was removed, was never there, or is newer than this copy of the ring."""


class Keyring:
    """The keys of the project. Each purpose has keys of its own, which are derived from them.

    So a signature for one purpose never verifies for another.

    Args:
        document: The document that holds the keys.

    Example:
        >>> from datetime import UTC
        >>> ring = keyring_of(new_key(datetime(2026, 1, 1, tzinfo=UTC), lambda length: bytes(range(length))))
        >>> mac = ring.sign("greeting", b"Hello")
        >>> ring.verify("greeting", b"Hello", mac, ring.current)
        True
        >>> ring.verify("farewell", b"Hello", mac, ring.current)
        False
    """

    def __init__(self, document: KeyringDocument) -> None:
        self.document = document
        self._secrets = {key.id: key.secret for key in document.keys}

    def __repr__(self) -> str:
        """Return the ids of the keys, without a secret."""
        return f"Keyring(current={self.current!r}, keys={list(self._secrets)!r})"

    def __contains__(self, key_id: str) -> bool:
        """Return whether the ring has a key.

        Args:
            key_id: The key's id.
        """
        return key_id in self._secrets

    def __iter__(self) -> Iterator[SigningKey]:
        """Yield the keys, the oldest first."""
        return iter(self.document.keys)

    @property
    def current(self) -> str:
        """The id of the key that signs."""
        return self.document.current

    def sign(self, purpose: str, data: bytes, key_id: str | None = None) -> bytes:
        """Return the signature of data. It has 32 bytes, and is a keyed digest too.

        Args:
            purpose: The name of the purpose, such as `page-token`.
            data: The data.
            key_id: The id of the key; the current key if left out.

        Raises:
            UnknownKey: The ring has no such key.
        """
        key_id = self.current if key_id is None else key_id
        if key_id not in self._secrets:
            raise UnknownKey(key_id)
        derived = hmac.digest(self._secrets[key_id], purpose.encode(), HASH)
        return hmac.digest(derived, data, HASH)

    def verify(self, purpose: str, data: bytes, mac: bytes, key_id: str) -> bool:
        """Return whether a key of this ring has signed data. An unknown key has signed nothing.

        Args:
            purpose: The name of the purpose.
            data: The data.
            mac: The signature.
            key_id: The id of the key that is said to have signed.
        """
        return key_id in self and hmac.compare_digest(self.sign(purpose, data, key_id), mac)

    def rotated(self, added: SigningKey) -> "Keyring":
        """Return the ring with a new current key. The other keys still verify; the oldest beyond five keys is dropped.

        Args:
            added: The new key.
        """
        kept = [*self.document.keys, added][-MOST_KEYS:]
        return Keyring(KeyringDocument(keys=kept, current=added.id))

    def without(self, key_ids: Collection[str]) -> "Keyring":
        """Return the ring without some keys. What they have signed does not verify any more.

        Args:
            key_ids: The ids of the keys.

        Raises:
            UnknownKey: The ring has no such key.
            ValueError: The current key is among them. The ring would have no key that signs.
        """
        for key_id in key_ids:
            if key_id not in self:
                raise UnknownKey(key_id)
        if self.current in key_ids:
            raise ValueError("The current key can't be removed. Rotate the keyring first.")
        kept = [key for key in self.document.keys if key.id not in key_ids]
        return Keyring(KeyringDocument(keys=kept, current=self.current))


def new_key(now: datetime, draw: Callable[[int], bytes]) -> SigningKey:
    """Return a new key.

    Args:
        now: The time, in UTC.
        draw: Draws random bytes of a length, such as `secrets.token_bytes`.
    """
    return SigningKey(id=draw(ID_BYTES).hex(), secret=draw(SECRET_BYTES), created_at=now)


def keyring_of(key: SigningKey) -> Keyring:
    """Return a keyring with one key.

    Args:
        key: The key.
    """
    return Keyring(KeyringDocument(keys=[key], current=key.id))
