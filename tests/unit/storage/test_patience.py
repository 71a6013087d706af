"""A Cloud Storage that does not answer keeps a sweep, a callable or an event for some seconds, and not for minutes."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from stoker import config
from stoker.accounts import owners
from stoker.storage import client
from stoker.storage.outputs import delete_objects, list_all_objects, list_objects
from stoker.storage.usage import stored_bytes


@pytest.fixture(autouse=True)
def _silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server that takes connections, and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{server.getsockname()[1]}")
        monkeypatch.setenv("GCLOUD_PROJECT", "demo-stoker")
        monkeypatch.setattr(config, "emulated", lambda: True)
        monkeypatch.setattr(client, "TRY_SECONDS", 0.05)
        monkeypatch.setattr(client, "CALL_SECONDS", 0.1)
        client.bucket.cache_clear()
        yield
        client.bucket.cache_clear()


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "call",
    [
        lambda: list_objects("ada", "holiday"),
        lambda: list(list_all_objects("")),
        lambda: delete_objects(["job-outputs/ada/holiday/1/a.mp4", "job-outputs/ada/holiday/1/b.mp4"]),
        lambda: stored_bytes("ada"),
        lambda: owners.sources()[-1].page(""),
    ],
    ids=["list", "list all", "delete", "count", "owners"],
)
def test_a_call_that_gets_no_answer_ends_soon(call: Callable[[], Any]) -> None:
    with pytest.raises(Exception, match=r"(?i)time"):
        call()
