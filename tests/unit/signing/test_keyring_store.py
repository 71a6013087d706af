"""The project's keyring: made once, kept for five minutes, and read again for an unknown key at most every 10 s."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from google.api_core.exceptions import ServiceUnavailable

from stoker import config
from stoker.errors import KeyringDamaged
from stoker.firestore.api_errors import Conflict
from stoker.firestore.documents import StoredDocument
from stoker.firestore.memory_documents import MemoryDocuments
from stoker.firestore.writes import Create, Delete, Update, Write, Written
from stoker.signing.keyring import UnknownKey
from stoker.signing.keyring_store import KeyringStore
from unit.signing.rings import NOW, Clock, CountedReads, key, ring_of

PATH = f"{config.SERVER_KEYS}/{config.KEYRING}"


@pytest.fixture
def documents() -> CountedReads:
    return CountedReads()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_the_first_use_makes_a_keyring_that_every_process_reads(documents: CountedReads, clock: Clock) -> None:
    made = KeyringStore(documents, clock).ring()
    mac = made.sign("greeting", b"Hello")
    assert KeyringStore(documents, clock).ring().verify("greeting", b"Hello", mac, made.current)


def test_processes_that_begin_at_the_same_time_agree() -> None:
    documents = MemoryDocuments(lambda: NOW)
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(lambda _: KeyringStore(documents).ring(), range(8)))
    assert len({ring.current for ring in rings}) == 1


def test_the_loser_of_the_first_use_takes_the_ring_of_the_winner(documents: CountedReads, clock: Clock) -> None:
    class Late(CountedReads):
        """Another process writes between the read and the write."""

        def commit(self, writes: Sequence[Write], *, once: bool = False) -> list[Written]:
            if not self.paths(config.SERVER_KEYS):
                super().commit([Create(PATH, ring_of(7).document.to_firestore())])
            return super().commit(writes, once=once)

    assert KeyringStore(Late(), clock).ring().current == key(7).id


def test_a_process_reads_the_ring_once_in_five_minutes(documents: CountedReads, clock: Clock) -> None:
    store = KeyringStore(documents, clock)
    store.ring()
    reads = documents.reads
    for _ in range(100):
        clock.go_on(2.9)
        store.ring()
    assert documents.reads == reads
    clock.go_on(10)
    store.ring()
    assert documents.reads == reads + 1


def test_a_clock_that_is_put_back_makes_the_ring_no_younger(documents: CountedReads, clock: Clock) -> None:
    store = KeyringStore(documents, clock)
    store.ring()
    reads = documents.reads
    clock.go_on(-3600)
    store.ring()
    assert documents.reads == reads + 1


def test_a_revoked_key_verifies_nothing_after_five_minutes(documents: CountedReads, clock: Clock) -> None:
    old = KeyringStore(documents, clock).ring()
    mac = old.sign("greeting", b"Hello")
    operator, server = KeyringStore(documents, clock), KeyringStore(documents, clock)
    operator.rotate()
    assert server.ring(old.current).verify("greeting", b"Hello", mac, old.current)
    assert operator.revoke([old.current]).removed == (old.current,)
    assert server.ring(old.current).verify("greeting", b"Hello", mac, old.current)
    clock.go_on(300)
    assert not server.ring(old.current).verify("greeting", b"Hello", mac, old.current)


def test_a_signature_of_a_new_key_verifies_at_once_in_a_process_with_an_older_copy(
    documents: CountedReads, clock: Clock
) -> None:
    server, operator = KeyringStore(documents, clock), KeyringStore(documents, clock)
    server.ring()
    ring = operator.rotate().ring
    mac = ring.sign("greeting", b"Hello")
    assert server.ring(ring.current).verify("greeting", b"Hello", mac, ring.current)


def test_random_keys_cost_at_most_a_read_in_ten_seconds(documents: CountedReads, clock: Clock) -> None:
    store = KeyringStore(documents, clock)
    store.ring()
    reads = documents.reads
    for number in range(1000):
        assert f"{number:08x}" not in store.ring(f"{number:08x}")
        clock.go_on(0.1)
    assert documents.reads - reads == 10


def test_a_known_key_costs_no_read(documents: CountedReads, clock: Clock) -> None:
    store = KeyringStore(documents, clock)
    current = store.ring().current
    reads = documents.reads
    for _ in range(10):
        store.ring(current)
    assert documents.reads == reads


def test_a_rotation_of_no_ring_makes_one(documents: CountedReads, clock: Clock) -> None:
    change = KeyringStore(documents, clock).rotate()
    assert change.removed == ()
    assert [one.id for one in change.ring] == [change.ring.current]


def test_the_sixth_rotation_says_which_key_it_drops(documents: CountedReads, clock: Clock) -> None:
    store = KeyringStore(documents, clock)
    first = store.ring().current
    changes = [store.rotate() for _ in range(5)]
    assert [change.removed for change in changes] == [(), (), (), (), (first,)]


def test_two_rotations_at_the_same_time_both_stay(documents: CountedReads, clock: Clock) -> None:
    stores = [KeyringStore(documents, clock) for _ in range(2)]
    stores[0].ring()
    with ThreadPoolExecutor(2) as pool:
        changes = list(pool.map(KeyringStore.rotate, stores))
    found = KeyringStore(documents, clock).ring()
    assert {change.ring.current for change in changes} < {one.id for one in found}


def test_a_rotation_whose_answer_was_lost_is_made_once(clock: Clock) -> None:
    class Deaf(CountedReads):
        """The first commit is made, and the client library's second try of it is refused."""

        deaf = False

        def commit(self, writes: Sequence[Write], *, once: bool = False) -> list[Written]:
            written = super().commit(writes, once=once)
            if self.deaf:
                self.deaf = False
                raise Conflict("The document was written meanwhile.")
            return written

    documents = Deaf()
    store = KeyringStore(documents, clock)
    first = store.ring().current
    documents.deaf = True
    ring = store.rotate().ring
    assert [one.id for one in ring] == [first, ring.current]
    documents.deaf = True
    assert store.revoke([first]).removed == (first,)
    assert [one.id for one in store.ring()] == [ring.current]


def test_an_unknown_key_and_the_current_key_are_not_revoked(documents: CountedReads, clock: Clock) -> None:
    store = KeyringStore(documents, clock)
    with pytest.raises(UnknownKey):
        store.revoke(["00000000"])
    assert documents.paths(config.SERVER_KEYS) == []
    current = store.ring().current
    with pytest.raises(UnknownKey):
        store.revoke(["00000000"])
    with pytest.raises(ValueError, match="Rotate"):
        store.revoke([current])
    assert store.ring().current == current


def damaged() -> dict[str, dict[str, Any]]:
    good = ring_of(1, 2).document.to_firestore()
    first, second = good["keys"]
    return {
        "empty": {},
        "no keys": {**good, "keys": []},
        "six keys": {**good, "keys": [{**first, "id": f"{number:08x}"} for number in range(6)]},
        "another current": {**good, "current": "00000009"},
        "twice": {**good, "keys": [first, first]},
        "short secret": {**good, "keys": [first, {**second, "secret": b"hunter2"}]},
        "text": {**good, "keys": [first, {**second, "secret": "hunter2" * 5}]},
        "list": {**good, "keys": "none"},
        "a later version": {**good, "schemaVersion": 2},
    }


@pytest.mark.parametrize("kind", damaged())
def test_a_damaged_document_is_named_and_stays_as_it_is(kind: str, documents: CountedReads, clock: Clock) -> None:
    documents.commit([Create(PATH, damaged()[kind])])
    before = documents.get(PATH)
    store = KeyringStore(documents, clock)
    for use in (store.ring, store.find, store.rotate, lambda: store.revoke(["00000001"])):
        with pytest.raises(KeyringDamaged, match=f"^The keyring {PATH} can't be read: .*Restore") as refused:
            use()
        assert "hunter2" not in str(refused.value)
        assert refused.value.code == "keyring-damaged"
    assert documents.get(PATH) == before


def test_a_field_that_can_not_be_decoded_is_damage_too(clock: Clock) -> None:
    class Undecodable(CountedReads):
        def get(self, path: str, fields: Sequence[str] = ()) -> StoredDocument | None:
            raise ValueError("Database string mismatch")

    with pytest.raises(KeyringDamaged):
        KeyringStore(Undecodable(), clock).ring()


def test_fields_of_a_later_version_stay(documents: CountedReads, clock: Clock) -> None:
    store = KeyringStore(documents, clock)
    store.ring()
    documents.commit([Update(PATH, {"later": 1})])
    store.rotate()
    found = documents.get(PATH)
    assert found is not None
    assert found.data["later"] == 1


def test_a_deleted_keyring_is_made_again(documents: CountedReads, clock: Clock) -> None:
    store = KeyringStore(documents, clock)
    before = store.ring().current
    documents.commit([Delete(PATH)])
    clock.go_on(300)
    assert store.ring().current != before


def test_an_outage_is_no_reason_to_trust_an_old_ring(clock: Clock) -> None:
    class Down(CountedReads):
        down = False

        def get(self, path: str, fields: Sequence[str] = ()) -> StoredDocument | None:
            if self.down:
                raise ServiceUnavailable("Down.")
            return super().get(path, fields)

    documents = Down()
    store = KeyringStore(documents, clock)
    store.ring()
    documents.down = True
    clock.go_on(299)
    store.ring()
    clock.go_on(1)
    with pytest.raises(ServiceUnavailable):
        store.ring()
