"""A keyring signs for a purpose, and old keys verify until they are dropped or revoked."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from stoker.models.server_keys import KeyringDocument
from stoker.signing.keyring import UnknownKey, new_key
from unit.signing.rings import NOW, key, ring_of


@given(purpose=st.text(), data=st.binary(), other=st.binary())
def test_a_signature_verifies_its_own_data_only(purpose: str, data: bytes, other: bytes) -> None:
    ring = ring_of(1)
    mac = ring.sign(purpose, data)
    assert ring.verify(purpose, data, mac, ring.current)
    assert ring.verify(purpose, other, mac, ring.current) == (data == other)


@given(st.lists(st.text(), min_size=2, max_size=2, unique=True), st.binary())
def test_a_signature_for_one_purpose_verifies_for_no_other(purposes: list[str], data: bytes) -> None:
    ring = ring_of(1)
    one, other = purposes
    assert not ring.verify(other, data, ring.sign(one, data), ring.current)


def test_the_derivation_is_that_of_the_page() -> None:
    """Other languages must be able to verify: HMAC-SHA256 with the purpose, and then with the data."""
    derived = hmac.new(b"\x01" * 32, b"greeting", hashlib.sha256).digest()
    expected = hmac.new(derived, b"Hello", hashlib.sha256).digest()
    assert ring_of(1).sign("greeting", b"Hello") == expected


def test_an_older_key_verifies_after_a_rotation_and_signs_no_more() -> None:
    before = ring_of(1)
    mac = before.sign("greeting", b"Hello")
    after = before.rotated(key(2))
    assert after.verify("greeting", b"Hello", mac, before.current)
    assert after.current == key(2).id
    assert after.sign("greeting", b"Hello") != mac


def test_the_oldest_key_goes_when_there_are_more_than_five() -> None:
    five = ring_of(1, 2, 3, 4, 5)
    mac = five.sign("greeting", b"Hello", key(1).id)
    assert five.verify("greeting", b"Hello", mac, key(1).id)
    six = five.rotated(key(6))
    assert [one.id for one in six] == [key(number).id for number in (2, 3, 4, 5, 6)]
    assert not six.verify("greeting", b"Hello", mac, key(1).id)


def test_a_removed_key_verifies_nothing() -> None:
    ring = ring_of(1, 2, 3)
    mac = ring.sign("greeting", b"Hello", key(1).id)
    left = ring.without([key(1).id, key(2).id])
    assert [one.id for one in left] == [key(3).id]
    assert not left.verify("greeting", b"Hello", mac, key(1).id)
    with pytest.raises(UnknownKey):
        left.sign("greeting", b"Hello", key(1).id)


def test_the_current_key_and_an_unknown_key_can_not_be_removed() -> None:
    with pytest.raises(ValueError, match="Rotate"):
        ring_of(1, 2).without([key(2).id])
    with pytest.raises(UnknownKey):
        ring_of(1, 2).without([key(3).id])


@pytest.mark.parametrize("mac", [b"", b"short", b"\x00" * 32, b"\x00" * 1000])
def test_a_signature_of_any_length_is_refused_without_an_exception(mac: bytes) -> None:
    ring = ring_of(1)
    assert not ring.verify("greeting", b"Hello", mac, ring.current)
    assert not ring.verify("greeting", b"Hello", mac, "no-such-key")


def test_no_text_about_a_ring_has_a_secret() -> None:
    ring = ring_of(1)
    secret = key(1).secret
    for text in (repr(ring), str(ring), repr(key(1)), repr(ring.document)):
        assert repr(secret)[2:-1] not in text
        assert key(1).id in text


def test_an_error_about_a_document_has_no_secret() -> None:
    broken = {"keys": [{"id": "zz", "secret": "hunter2", "createdAt": NOW}], "current": "zz"}
    with pytest.raises(ValidationError) as refused:
        KeyringDocument.from_firestore(broken)
    assert "hunter2" not in str(refused.value)


def test_a_document_comes_back_as_it_was_written() -> None:
    ring = ring_of(1, 2)
    assert KeyringDocument.from_firestore(ring.document.to_firestore()) == ring.document


def test_a_new_key_has_32_random_bytes() -> None:
    made = new_key(NOW, lambda length: b"\xab" * length)
    assert (made.id, made.secret, made.created_at) == ("abababab", b"\xab" * 32, NOW)
