"""An object that is made of two, by Cloud Storage's own `compose`, which its emulator has not: the gate has."""

import hashlib
import threading
from collections.abc import Iterator

import pytest

from stoker.errors import Unavailable
from stoker.storage import outputs
from stoker.storage.client import bucket
from stoker.storage.outputs import AttemptOutputs, earlier_outputs
from twin.gate.bucket_gate import Bucket
from twin.gate.functions_account import FunctionsAccount


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs, "CHUNK_BYTES", 262_144)


@pytest.fixture(autouse=True)
def _no_request_behind_the_back(stored: Bucket, account: FunctionsAccount) -> Iterator[None]:
    """Fails if Cloud Storage's client sends requests of its own in another thread."""
    before = set(threading.enumerate())
    yield
    own = {thread for thread in threading.enumerate() if "process_request_thread" not in thread.name}
    assert own <= before
    assert account.unknown == []


FIRST, REST = b"first" * 1000, bytes(range(256)) * 4000


def rest_of(attempt: AttemptOutputs, name: str) -> outputs.OutputStream:
    with attempt.rest(name) as stream:
        for at in range(0, len(REST), 100_000):
            stream.write(REST[at : at + 100_000])
    return stream


def test_it_is_whole_and_a_later_attempt_finds_it() -> None:
    attempt = AttemptOutputs("ada", "job", "1")
    checks: list[int] = []
    path, sha256 = attempt.join(
        "film.mp4",
        "video/mp4",
        FIRST,
        rest_of(attempt, "film.mp4"),
        lambda: checks.append(1),
        "recipe",
        {"kind": "mp4"},
    )
    assert path == "job-outputs/ada/job/1/film.mp4"
    assert sha256 == hashlib.sha256(FIRST + REST).hexdigest()
    assert len(checks) == 4
    assert outputs.list_objects("ada", "job") == [path]
    found = earlier_outputs("ada", "job")["recipe"]
    assert (found.bytes, found.sha256, found.facts) == (len(FIRST + REST), sha256, {"kind": "mp4"})


def test_one_that_is_not_what_was_sent_does_not_count() -> None:
    attempt = AttemptOutputs("ada", "job", "1")
    stream = rest_of(attempt, "film.mp4")
    bucket().blob("job-outputs/ada/job/1/film.mp4.rest").upload_from_string(REST[:-1] + b"?")
    with pytest.raises(Unavailable):
        attempt.join("film.mp4", "video/mp4", FIRST, stream, lambda: None, "recipe")
    assert earlier_outputs("ada", "job") == {}


def test_what_is_not_ended_is_not_there() -> None:
    def breaks_off() -> None:
        with AttemptOutputs("ada", "job", "1").rest("film.mp4") as stream:
            stream.write(REST)
            raise KeyError

    with pytest.raises(KeyError):
        breaks_off()
    assert outputs.list_objects("ada", "job") == []
