"""Page tokens: the place in a query from which the next page goes on, as a text that a client keeps.

A token is signed and not encrypted. Its holder can read the values by which the query sorts, and the name of the
document at the place; both stood on the page that the holder has seen. The filters and the user are in it as keyed
digests, which can't be guessed without the key.

The bytes of a token, in base64url without padding:

====================  ========================================================
1                     the version, `VERSION`
4                     the id of the key
16                    the digest of the query's name and shape
16                    the digest of the user
8                     the end of its life, in microseconds since 1970
1                     flags: 1 for an inclusive place, 2 for a backward page
any                   the sort values: a serialized `ArrayValue` of Firestore
32                    the signature of all bytes before it
====================  ========================================================
"""

import base64
import re
import struct
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from google.cloud.firestore_v1.types import ArrayValue
from google.protobuf.message import DecodeError

from stoker.errors import (
    PageTokenExpired,
    PageTokenInvalid,
    PageTokenOfAnotherQuery,
    PageTokenOfAnotherUser,
    PositionTooLong,
)
from stoker.pages.position import Position
from stoker.signing.keyring import ID_BYTES, MAC_BYTES, Keyring

VERSION: Final = 1

PURPOSE: Final = "page-token"
QUERY_PURPOSE: Final = "page-token-query"
USER_PURPOSE: Final = "page-token-user"

DIGEST_BYTES: Final = 16
"""The length of a digest, in bytes. It only tells apart what the signature protects anyway."""

MOST_VALUE_BYTES: Final = 16_384
"""The most bytes of the serialized sort values. An index entry has at most 7.5 KiB, in which longer values are cut to
1,500 bytes. As protobuf messages, short values in lists and maps take more space than in an index.
Source: https://firebase.google.com/docs/firestore/quotas#indexes"""

HEAD: Final = struct.Struct(f">B{ID_BYTES}s{DIGEST_BYTES}s{DIGEST_BYTES}sqB")
"""All bytes before the sort values."""

MOST_CHARACTERS: Final = -(-(HEAD.size + MOST_VALUE_BYTES + MAC_BYTES) * 4 // 3)
"""The length of the longest token. A longer text is refused at once."""

FORM: Final = re.compile(r"[A-Za-z0-9_-]+")

INCLUSIVE: Final = 1
BACKWARDS: Final = 2

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)

BEGIN_AGAIN: Final = "Begin again with the first page."

INVALID: Final = f"The page token is not valid. {BEGIN_AGAIN}"

ArrayMessage: Any = ArrayValue.pb()


def encode(
    position: Position,
    *,
    backwards: bool,
    query: str,
    shape: bytes,
    principal: str,
    expires: datetime,
    keyring: Keyring,
) -> str:
    """Return the token of a place.

    Args:
        position: The place.
        backwards: Whether the page ends at the place. Otherwise it begins there.
        query: The name of the declared query.
        shape: The filters and the order of the query, as bytes that are always the same for the same query.
        principal: The user for whom the token is, such as a uid.
        expires: The time from which the token is refused, with a time zone.
        keyring: The project's keyring, whose current key signs.

    Raises:
        PositionTooLong: The sort values have more than `MOST_VALUE_BYTES`.

    Example:
        >>> from stoker.firestore.messages import message
        >>> from stoker.pages.position import Position
        >>> from stoker.signing.keyring import keyring_of, new_key
        >>> now = datetime(2026, 1, 1, tzinfo=UTC)
        >>> ring = keyring_of(new_key(now, lambda length: bytes(range(length))))
        >>> where = {"query": "tasks-by-due-date", "shape": b"", "principal": "ada", "keyring": ring}
        >>> place = Position((message(0.1 + 0.2),))
        >>> token = encode(place, backwards=False, expires=now + timedelta(hours=1), **where)
        >>> decode(token, now=now, **where)[0].values[0].double_value
        0.30000000000000004
    """
    values = ArrayMessage(values=position.values).SerializeToString()
    if len(values) > MOST_VALUE_BYTES:
        raise PositionTooLong(
            f"The values by which the query sorts have {len(values):,} bytes, and a page token holds at most "
            f"{MOST_VALUE_BYTES:,}. Sort by a shorter field."
        )
    key_id = keyring.current
    head = HEAD.pack(
        VERSION,
        bytes.fromhex(key_id),
        _query_digest(keyring, key_id, query, shape),
        _user_digest(keyring, key_id, principal),
        (expires - EPOCH) // MICROSECOND,
        INCLUSIVE * position.inclusive | BACKWARDS * backwards,
    )
    signed = head + values
    return _text(signed + keyring.sign(PURPOSE, signed, key_id))


def key_id_of(text: object) -> str:
    """Return the id of the key that is said to have signed a token. Nothing is verified.

    Args:
        text: The text, which a client may have made up.

    Raises:
        PageTokenInvalid: The text has not the form of a token.
    """
    return _parts(text)[1].hex()


def decode(
    text: object, *, query: str, shape: bytes, principal: str, now: datetime, keyring: Keyring
) -> tuple[Position, bool]:
    """Return the place of a token, and whether the page ends there.

    Args:
        text: The text, which a client may have made up.
        query: The name of the declared query that is asked now.
        shape: The filters and the order of the query that is asked now.
        principal: The user who asks.
        now: The time, in UTC.
        keyring: The project's keyring, which has been looked up by `key_id_of`.

    Raises:
        PageTokenInvalid: The text is no token, was changed, or was signed by a key that the ring does not have.
        PageTokenOfAnotherUser: The token is for another user.
        PageTokenOfAnotherQuery: The token is for another query, other filters or another order.
        PageTokenExpired: The token is too old.
    """
    raw, key, of_query, of_user, expires, flags = _parts(text)
    key_id, signed, mac = key.hex(), raw[:-MAC_BYTES], raw[-MAC_BYTES:]
    if not keyring.verify(PURPOSE, signed, mac, key_id):
        raise PageTokenInvalid(INVALID)
    if of_user != _user_digest(keyring, key_id, principal):
        raise PageTokenOfAnotherUser(f"The page token belongs to another user. {BEGIN_AGAIN}")
    if of_query != _query_digest(keyring, key_id, query, shape):
        raise PageTokenOfAnotherQuery(
            f"The page token belongs to another query, or the filters or the order have changed. {BEGIN_AGAIN}"
        )
    if (now - EPOCH) // MICROSECOND >= expires:
        raise PageTokenExpired(f"The page token is too old. {BEGIN_AGAIN}")
    try:
        values = tuple(ArrayMessage.FromString(signed[HEAD.size :]).values)
    except DecodeError:
        # The server has signed it, so this can't happen before the form changes without a new version.
        raise PageTokenInvalid(INVALID) from None
    return Position(values, bool(flags & INCLUSIVE)), bool(flags & BACKWARDS)


def _parts(text: object) -> tuple[bytes, bytes, bytes, bytes, int, int]:
    """Return all bytes of a token, and the parts before its sort values but the version."""
    if not isinstance(text, str) or len(text) > MOST_CHARACTERS or not FORM.fullmatch(text) or len(text) % 4 == 1:
        raise PageTokenInvalid(INVALID)
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    # The last character may have bits that say nothing. Only one text is the token.
    if _text(raw) != text or len(raw) < HEAD.size + MAC_BYTES or raw[0] != VERSION:
        raise PageTokenInvalid(INVALID)
    return (raw, *HEAD.unpack(raw[: HEAD.size])[1:])


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _query_digest(keyring: Keyring, key_id: str, query: str, shape: bytes) -> bytes:
    name = query.encode()
    # With its length, so that the end of a name can't count as the beginning of a shape.
    return keyring.sign(QUERY_PURPOSE, len(name).to_bytes(4) + name + shape, key_id)[:DIGEST_BYTES]


def _user_digest(keyring: Keyring, key_id: str, principal: str) -> bytes:
    return keyring.sign(USER_PURPOSE, principal.encode(), key_id)[:DIGEST_BYTES]
