"""Page tokens carry each sort value bit by bit, and every text that is no token of this page is refused by a name."""

import base64
import contextlib
import math
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoker.errors import (
    PageTokenExpired,
    PageTokenInvalid,
    PageTokenOfAnotherQuery,
    PageTokenOfAnotherUser,
    PositionTooLong,
)
from stoker.firestore.messages import message
from stoker.pages import token
from stoker.pages.position import Position
from stoker.pages.token import decode, encode, key_id_of
from stoker.signing.keyring import Keyring
from unit.firestore.value_messages import ROOT, VALUES, Message
from unit.signing.rings import NOW, key, ring_of

RING = ring_of(1, 2)
EXPIRES = NOW + timedelta(hours=1)
PLACE = Position((message("spring"), Message(reference_value=f"{ROOT}/tasks/spring")))
INVALID = "The page token is not valid. Begin again with the first page."


def made(
    position: Position = PLACE,
    *,
    backwards: bool = False,
    query: str = "tasks",
    shape: bytes = b"shape",
    principal: str = "ada",
    expires: datetime = EXPIRES,
    keyring: Keyring = RING,
) -> str:
    return encode(
        position, backwards=backwards, query=query, shape=shape, principal=principal, expires=expires, keyring=keyring
    )


def read(text: Any, **more: Any) -> Position:
    return read_both(text, **more)[0]


def read_both(
    text: Any,
    *,
    query: str = "tasks",
    shape: bytes = b"shape",
    principal: str = "ada",
    now: datetime = NOW,
    keyring: Keyring = RING,
) -> tuple[Position, bool]:
    return decode(text, query=query, shape=shape, principal=principal, now=now, keyring=keyring)


def raw_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def bits(position: Position) -> list[bytes]:
    return [value.SerializeToString(deterministic=True) for value in position.values]


# The values in a token


@given(st.lists(VALUES, max_size=5), st.booleans(), st.booleans())
def test_every_value_survives_bit_by_bit(values: list[Any], inclusive: bool, backwards: bool) -> None:
    position = Position(tuple(values), inclusive)
    back, leads_back = read_both(made(position, backwards=backwards))
    assert bits(back) == bits(position)
    assert (back.inclusive, leads_back) == (inclusive, backwards)


@given(st.integers(0, 2**64 - 1))
def test_every_double_survives_with_all_of_its_bits(pattern: int) -> None:
    """NaNs have bits of their own. They are put into the message as bytes, because Python's floats may change them."""
    double = pattern.to_bytes(8)
    value = Message.FromString(b"\x19" + double[::-1])
    [back] = read(made(Position((value,)))).values
    assert back.SerializeToString() == b"\x19" + double[::-1]


@pytest.mark.parametrize("number", [-0.0, 0.1 + 0.2, math.inf, 5e-324, 2**53 + 1, -(2**63)])
def test_numbers_that_text_would_change_survive(number: float) -> None:
    [back] = read(made(Position((message(number),)))).values
    kind = back.WhichOneof("value_type")
    assert kind == ("integer_value" if isinstance(number, int) else "double_value")
    assert repr(getattr(back, kind)) == repr(number)


def test_nanoseconds_and_null_survive() -> None:
    time = Message()
    time.timestamp_value.seconds, time.timestamp_value.nanos = -1, 999_999_999
    back = read(made(Position((time, Message(null_value=0)), True)))
    assert (back.values[0].timestamp_value.seconds, back.values[0].timestamp_value.nanos) == (-1, 999_999_999)
    assert back.values[1].WhichOneof("value_type") == "null_value"


def test_a_token_is_short_and_fits_a_url() -> None:
    text = made()
    assert len(text) < 250
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_a_token_shows_neither_the_filters_nor_the_user() -> None:
    """Also not to a holder who knows that the value is one of a few, because the digests have a key."""
    shown = raw_of(made(shape=b"salary > 100000", principal="ada"))
    assert b"salary" not in shown
    assert b"ada" not in shown
    other = raw_of(made(shape=b"salary > 100000", principal="ada", keyring=ring_of(3)))
    assert shown[5:37] != other[5:37]


# The user, the time and the query of a token


def test_a_token_is_valid_until_it_expires() -> None:
    assert read(made(), now=EXPIRES - timedelta(microseconds=1)) == PLACE
    with pytest.raises(PageTokenExpired, match=r"too old\. Begin again with the first page"):
        read(made(), now=EXPIRES)


def test_a_token_of_another_user_is_refused() -> None:
    with pytest.raises(PageTokenOfAnotherUser, match=r"another user\. Begin again"):
        read(made(), principal="eve")


@pytest.mark.parametrize("asked", [{"query": "projects"}, {"shape": b"another"}, {"shape": b""}, {"query": ""}])
def test_a_token_of_other_filters_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(PageTokenOfAnotherQuery, match=r"filters or the order have changed\. Begin again"):
        read(made(), **asked)


def test_the_end_of_a_name_is_no_beginning_of_a_shape() -> None:
    with pytest.raises(PageTokenOfAnotherQuery):
        read(made(query="ab", shape=b"c"), query="a", shape=b"bc")


def test_a_token_of_an_older_key_is_valid_until_the_key_goes() -> None:
    text = made(keyring=ring_of(1))
    assert key_id_of(text) == key(1).id
    assert read(text) == PLACE
    with pytest.raises(PageTokenInvalid):
        read(text, keyring=RING.without([key(1).id]))


def test_a_signature_for_another_purpose_is_no_token() -> None:
    raw = raw_of(made())
    signed = raw[:-32]
    other = RING.sign("share", signed)
    with pytest.raises(PageTokenInvalid):
        read(base64.urlsafe_b64encode(signed + other).rstrip(b"=").decode())


# Texts that are no tokens


def test_a_token_with_any_bit_changed_is_refused() -> None:
    raw = raw_of(made())
    for place in range(len(raw)):
        for bit in range(8):
            changed = bytearray(raw)
            changed[place] ^= 1 << bit
            text = base64.urlsafe_b64encode(changed).rstrip(b"=").decode()
            with pytest.raises(PageTokenInvalid):
                read(text)


def test_a_token_with_any_character_changed_is_refused() -> None:
    """Also the last character, some of whose bits say nothing."""
    for size in range(3):
        text = made(Position((message("x" * size),)))
        for place in range(len(text)):
            for letter in "Ab0-_=+/ é":
                if letter != text[place]:
                    with pytest.raises(PageTokenInvalid):
                        read(text[:place] + letter + text[place + 1 :])


def test_a_token_that_is_cut_or_longer_is_refused() -> None:
    text = made()
    for size in range(len(text)):
        with pytest.raises(PageTokenInvalid):
            read(text[:size])
    for more in ("A", "AA", "AAA", "AAAA", "=", "==", "\n", " ", "\x00"):
        with pytest.raises(PageTokenInvalid):
            read(text + more)


@pytest.mark.parametrize(
    "text",
    [None, "", 0, 1.5, True, b"AQ", [], {}, (), "=", "A", "....", "é" * 100, "\ud800", "\x00", "A" * 200],
    ids=repr,
)
def test_anything_else_is_refused_by_the_same_sentence(text: object) -> None:
    for use in (read, key_id_of):
        with pytest.raises(PageTokenInvalid) as refused:
            use(text)
        assert str(refused.value) == INVALID


@given(st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).rstrip(b"=").decode()))
def test_a_random_text_is_refused(text: str) -> None:
    with pytest.raises(PageTokenInvalid):
        read(text)


@given(st.binary(max_size=100), st.sampled_from([RING.current, key(1).id, "00000009"]))
def test_a_random_token_with_a_real_version_and_key_is_refused(rest: bytes, key_id: str) -> None:
    raw = b"\x01" + bytes.fromhex(key_id) + rest
    with pytest.raises(PageTokenInvalid):
        read(base64.urlsafe_b64encode(raw).rstrip(b"=").decode())


@given(st.binary(max_size=60))
def test_signed_bytes_that_are_no_values_are_refused_too(rest: bytes) -> None:
    """They can only come from another version of the server, and must not end in another exception."""
    signed = raw_of(made())[: token.HEAD.size] + rest
    text = base64.urlsafe_b64encode(signed + RING.sign(token.PURPOSE, signed)).rstrip(b"=").decode()
    with contextlib.suppress(PageTokenInvalid):
        read(text)


def test_a_megabyte_is_refused_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(_text: object) -> bytes:
        raise AssertionError

    monkeypatch.setattr(base64, "urlsafe_b64decode", work)
    with pytest.raises(PageTokenInvalid):
        read("A" * 2**20)


def test_another_version_is_refused() -> None:
    raw = raw_of(made())
    signed = b"\x02" + raw[1:-32]
    text = base64.urlsafe_b64encode(signed + RING.sign(token.PURPOSE, signed)).rstrip(b"=").decode()
    with pytest.raises(PageTokenInvalid):
        read(text)


# The longest places


def test_the_longest_index_entry_fits() -> None:
    """Five texts of 1,500 bytes, and a name of 6 KiB: more than an index entry of 7.5 KiB can have."""
    name = f"{ROOT}/" + "/".join(f"{'c' * 1400}/{'d' * 1400}" for _ in range(2))
    values = (*(message("é" * 750) for _ in range(5)), Message(reference_value=name))
    position = Position(values)
    text = made(position)
    assert len(text) <= token.MOST_CHARACTERS
    assert bits(read(text)) == bits(position)


def test_the_bound_of_the_text_is_that_of_the_values() -> None:
    def of(size: int) -> Position:
        return Position((Message(bytes_value=b"x" * size),))

    overhead = len(token.ArrayMessage(values=of(16_000).values).SerializeToString()) - 16_000
    longest = of(token.MOST_VALUE_BYTES - overhead)
    text = made(longest)
    assert len(text) == token.MOST_CHARACTERS
    assert bits(read(text)) == bits(longest)
    with pytest.raises(PositionTooLong, match=r"have 16,385 bytes, .* at most 16,384. Sort by a shorter field"):
        made(of(token.MOST_VALUE_BYTES - overhead + 1))
