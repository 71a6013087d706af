"""Fixtures of the tests that need no service."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stoker.storage.client import bucket
from twin.gate.bucket_gate import Bucket
from twin.gate.detour import enter_production
from twin.gate.functions_account import FunctionsAccount
from twin.gate.http_gate import HttpGate, opened_http
from twin.gate.metadata_server import HOSTS, MetadataServer
from twin.gate.stored_object import HOST


@pytest.fixture
def account() -> FunctionsAccount:
    """The account of the functions, with all roles."""
    return FunctionsAccount("demo-stoker")


@pytest.fixture
def stored(account: FunctionsAccount, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Bucket]:
    """The bucket to which the client library leads."""
    own = Bucket("demo-stoker.firebasestorage.app", account)
    metadata = MetadataServer("demo-stoker", account)
    with opened_http(HttpGate(account, {HOST: own, **dict.fromkeys(HOSTS, metadata)})) as address:
        enter_production(address, "demo-stoker", own.name, monkeypatch, tmp_path)
        bucket.cache_clear()
        yield own
        bucket().client.close()
        bucket.cache_clear()
