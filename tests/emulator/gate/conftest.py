"""The functions' code behind the gate, with the credentials and the addresses of production."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import firebase_admin
import pytest

from stoker import registry
from stoker.firebase import app
from stoker.firestore.client import client
from stoker.jobs.settings import forget
from stoker.storage.client import bucket
from twin.gate import Gate, opened
from twin.gate.detour import enter_production


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Gate]:
    """The gate in front of a project of the test's own. The account of the functions has all its roles.

    A call that the gate does not know fails the test.
    """
    firestore, accounts = os.environ["FIRESTORE_EMULATOR_HOST"], os.environ["FIREBASE_AUTH_EMULATOR_HOST"]
    with opened(f"demo-{uuid4().hex[:20]}", firestore, accounts) as gate:
        gate.queues.queues |= {queue.name for one in registry.job_types().values() for queue in one.queues}
        enter_production(gate.http, gate.project, gate.bucket.name, monkeypatch, tmp_path)
        monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", gate.firestore)  # The library knows no other way to the gate.
        _forget()
        yield gate
        _forget()
        assert gate.account.unknown == []


def _forget() -> None:
    """Forget the clients, which remember where they were made."""
    if client.cache_info().currsize:
        client().close()
    if bucket.cache_info().currsize:
        bucket().client.close()
    client.cache_clear()
    bucket.cache_clear()
    forget()
    firebase_admin.delete_app(app())
