"""An app's own documents are in a user's export, and are deleted with the account."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from emulator.accounts import imported
from emulator.batch import BatchJob, write_documents
from emulator.exports import Export
from stoker import config
from stoker.extend.document import document, forget_document
from stoker.firestore.client import client
from stoker.storage.client import bucket


@pytest.fixture
def notes(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The registered collection of notes. The deployed functions do not hear of the jobs."""
    monkeypatch.setattr(config, "JOBS", "batchTests")
    name = f"notes{uuid4().hex}"
    document(name, model="unit.extend.note:Note", name="note")
    yield name
    forget_document(name)


def test_they_are_exported_and_deleted_with_what_is_below_them(notes: str) -> None:
    ada = imported(f"ada-{uuid4().hex}").id
    write_documents(notes, {"adas": {"userId": ada, "text": "mine"}, "bobs": {"userId": "bob", "text": "his"}})
    write_documents(f"{notes}/adas/comments", {"first": {"text": "below"}})
    job = BatchJob(ada, {"operation": "export-user-data"}).work()
    assert job["status"] == "completed", job.get("error")
    export = Export([bucket().blob(one["path"]).download_as_bytes() for one in job["output"]["files"]])
    assert {path for path in export.documents if path.startswith(notes)} == {
        f"{notes}/adas",
        f"{notes}/adas/comments/first",
    }
    job = BatchJob(ada, {"operation": "delete-user-data"}).work()
    assert job["status"] == "completed", job.get("error")
    assert job["output"]["removed"][notes] == 1
    assert [one.id for one in client().collection(notes).stream()] == ["bobs"]
    assert not [*client().collection(f"{notes}/adas/comments").stream()]
