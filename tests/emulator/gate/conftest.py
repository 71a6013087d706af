"""The functions' code behind the gate, with the credentials and the addresses of production."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import firebase_admin
import pytest

from stoker import config, registry
from stoker.firebase import app
from stoker.firestore.client import client
from stoker.jobs.settings import forget
from stoker.storage.client import bucket
from twin.gate import Gate, opened
from twin.gate.detour import make_detour

EMULATED = (
    *("FUNCTIONS_EMULATOR", "FIREBASE_AUTH_EMULATOR_HOST", "CLOUD_TASKS_EMULATOR_HOST"),
    *("STORAGE_EMULATOR_HOST", "FIREBASE_STORAGE_EMULATOR_HOST"),
)
"""The variables by which the libraries would find the emulators."""

CREDENTIALS = ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_QUOTA_PROJECT")
"""The variables that a function does not have."""


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Gate]:
    """The gate in front of a project of the test's own. The account of the functions has all its roles.

    A call that the gate does not know fails the test.
    """
    firestore, accounts = os.environ["FIRESTORE_EMULATOR_HOST"], os.environ["FIREBASE_AUTH_EMULATOR_HOST"]
    with opened(f"demo-{uuid4().hex[:20]}", firestore, accounts) as gate:
        gate.queues.queues |= {queue.name for one in registry.job_types().values() for queue in one.queues}
        for name in (*EMULATED, *CREDENTIALS):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("GCLOUD_PROJECT", gate.project)
        monkeypatch.setenv("FIREBASE_CONFIG", json.dumps({"storageBucket": gate.bucket.name}))
        monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))  # No credentials of the person who runs the test.
        monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", gate.firestore)  # The library knows no other way to it.
        monkeypatch.setattr(config, "emulated", lambda: False)
        make_detour(gate.http, monkeypatch)
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
