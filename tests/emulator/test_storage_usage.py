"""The stored bytes of a user are counted exactly, without the files of other users."""

from uuid import uuid4

import pytest

from emulator.batch import put_file
from stoker.jobs.store import FirebaseStore
from stoker.storage import usage
from stoker.storage.usage import stored_bytes


def test_uploads_and_outputs_are_counted() -> None:
    ada = f"ada-{uuid4().hex}"
    assert stored_bytes(ada) == 0
    put_file(f"user-uploads/{ada}/a.mp4", b"x" * 1000)
    put_file(f"user-uploads/{ada}/deep/er/b.mp4", b"x" * 200)
    put_file(f"job-outputs/{ada}/job/1-a/c.mp4", b"x" * 30)
    put_file(f"job-outputs/{ada}/job/1-a/empty.vtt", b"")
    for other in (f"user-uploads/{ada}m/d.mp4", f"user-uploads/{ada}", f"public/{ada}/e.mp4"):
        put_file(other, b"x" * 7)
    assert stored_bytes(ada) == FirebaseStore().stored_bytes(ada) == 1230


def test_many_files_are_counted_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage, "MOST_OBJECTS", 2)
    ada = f"ada-{uuid4().hex}"
    for number in range(3):
        put_file(f"user-uploads/{ada}/{number}.mp4", b"x" * 10)
        put_file(f"job-outputs/{ada}/job/1-a/{number}.mp4", b"x" * 100)
    assert stored_bytes(ada) == 220
