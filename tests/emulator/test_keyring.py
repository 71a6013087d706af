"""The keyring in Firestore: its first use by several processes, and `stoker keys` as a person runs it."""

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import httpx
import pytest

from stoker import config
from stoker.errors import KeyringDamaged, PageTokenInvalid
from stoker.firestore.client import client
from stoker.firestore.documents import FirestoreDocuments
from stoker.firestore.messages import message
from stoker.pages.position import Position
from stoker.pages.token import decode, encode, key_id_of
from stoker.signing.keyring import Keyring
from stoker.signing.keyring_store import KeyringStore
from stoker_tools.setup.environment import ROOT
from unit.signing.rings import Clock

pytestmark = pytest.mark.usefixtures("undelivered")

PLACE = Position((message(0.1 + 0.2),))
OF = {"query": "tasks", "shape": b"shape", "principal": "ada"}


def keys(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command on the project of the test."""
    command = [str(ROOT / "scripts" / "keys"), *arguments, "--project", config.project()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert "Traceback" not in done.stderr
    return done


def answer(*arguments: str) -> Any:
    """Run the command with --json; return its result."""
    done = keys(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def document() -> Any:
    return client().collection(config.SERVER_KEYS).document(config.KEYRING)


def token(ring: Keyring) -> str:
    return encode(PLACE, backwards=False, expires=datetime.now(UTC) + timedelta(hours=1), keyring=ring, **OF)  # type: ignore[arg-type]


def place_of(text: str, store: KeyringStore) -> Position:
    return decode(text, now=datetime.now(UTC), keyring=store.ring(key_id_of(text)), **OF)[0]  # type: ignore[arg-type]


def test_eight_first_uses_at_the_same_time_make_one_keyring() -> None:
    start = Barrier(8)

    def first_use(_: int) -> Keyring:
        store = KeyringStore(FirestoreDocuments())
        start.wait()
        return store.ring()

    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(first_use, range(8)))
    assert {ring.current for ring in rings} == {document().get().get("current")}
    stores = [KeyringStore(FirestoreDocuments()) for _ in range(2)]
    for ring in rings:
        assert place_of(token(ring), stores[0]) == PLACE


def test_two_rotations_at_the_same_time_lose_no_key() -> None:
    KeyringStore(FirestoreDocuments()).ring()
    with ThreadPoolExecutor(3) as pool:
        changes = list(pool.map(lambda _: KeyringStore(FirestoreDocuments()).rotate(), range(3)))
    made = {change.ring.current for change in changes}
    assert len(made) == 3
    assert made < {key["id"] for key in document().get().get("keys")}


@pytest.mark.slow
def test_tokens_outlive_a_rotation_and_not_a_revocation() -> None:
    """The commands run in processes of their own, as on an operator's machine."""
    clock = Clock()
    server = KeyringStore(FirestoreDocuments(), clock)
    assert answer("list") == {"current": None, "keys": []}
    old = token(server.ring())

    rotated = answer("rotate")
    assert [one["id"] for one in rotated["keys"]] == [rotated["current"], key_id_of(old)]
    assert place_of(old, server) == PLACE
    new = token(KeyringStore(FirestoreDocuments()).ring())
    assert key_id_of(new) == rotated["current"]
    assert place_of(new, server) == PLACE

    assert keys("revoke", "--all-old").returncode == 2
    assert keys("revoke", rotated["current"], "--yes").returncode == 1
    assert keys("revoke", "00000000", "--yes").returncode == 10
    assert answer("revoke", "--all-old", "--yes")["revoked"] == [key_id_of(old)]
    clock.go_on(300)
    with pytest.raises(PageTokenInvalid):
        place_of(old, server)
    assert place_of(new, server) == PLACE
    shown = keys("list").stdout
    assert rotated["current"] in shown
    assert key_id_of(old) not in shown


def test_a_document_that_somebody_has_damaged_stays_as_it_is() -> None:
    damaged = {"keys": "none", "note": "mine"}
    document().set(damaged)
    with pytest.raises(KeyringDamaged):
        KeyringStore(FirestoreDocuments()).ring()
    done = keys("rotate")
    assert (done.returncode, done.stdout) == (1, "")
    assert "serverKeys/keyring can't be read: keys: must be a list" in done.stderr
    assert document().get().to_dict() == damaged


def test_a_reference_into_another_project_is_damage_too() -> None:
    """The client library can't decode it, and must not end the process with its own error."""
    KeyringStore(FirestoreDocuments()).ring()
    name = f"projects/{config.project()}/databases/(default)/documents/{config.SERVER_KEYS}/{config.KEYRING}"
    reference = "projects/another/databases/(default)/documents/a/b"
    url = f"http://{os.environ['FIRESTORE_EMULATOR_HOST']}/v1/{name}?updateMask.fieldPaths=more"
    fields = {"fields": {"more": {"referenceValue": reference}}}
    httpx.patch(url, json=fields, headers={"Authorization": "Bearer owner"}, timeout=60).raise_for_status()
    with pytest.raises(KeyringDamaged):
        KeyringStore(FirestoreDocuments()).ring()
