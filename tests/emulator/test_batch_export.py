"""`export-user-data`: all data of a user, once, in ZIP files that any program opens."""

import hashlib
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from emulator.batch import BatchJob, documents_that_name, files_of, put_file, write_everything
from emulator.exports import Export
from stoker import config
from stoker.batch import export_user_data as export_module
from stoker.storage import sources
from stoker.storage.client import bucket
from stoker_tools.samples.user import SampleUser

EXPORT = {"operation": "export-user-data"}


def test_a_user_exports_everything(user: SampleUser) -> None:
    write_everything(user.id)
    write_everything(f"{user.id}m")  # whose id begins with the same letters
    files = {name for name in files_of(user.id) if "export" not in name}
    *_, job = user.watch(user.write_job(EXPORT, type="batch-operation"))
    assert job["status"] == "completed", job.get("error")
    [file] = job["output"]["files"]
    part = user.download(file["path"])
    assert file["path"].startswith(f"job-outputs/{user.id}/{job['id']}/")
    assert (file["kind"], file["contentType"], file["bytes"]) == ("export", "application/zip", len(part))
    assert file["sha256"] == hashlib.sha256(part).hexdigest()
    export = Export([part])
    [account] = export.account
    assert account["uid"] == user.id
    assert not [key for key in account if "assword" in key or "salt" in key.lower()]
    assert "README.txt" in export.names
    assert export.files.keys() == files
    assert export.files[f"user-uploads/{user.id}/films/2.mp4"] == b"filmfilm"
    named = {path for path in documents_that_name(user.id) if f"{user.id}m" not in path}
    roots = {path for path in export.documents if path.count("/") == 1}
    assert {path.split("/")[0] for path in roots} == {"users", "tasks", "projects", "processingJobs", "analyticsEvents"}
    assert roots <= named
    assert {path.split("/", 2)[2] for path in export.documents if path not in roots} == {
        "comments/first",
        "plans/missing/years/2027",
        "notes/one",
        "missing/parent/leaves/deep",
    }
    assert export.documents[f"users/{user.id}"]["likes"] == [1.5, "NaN", "AA=="]
    assert export.documents[f"users/{user.id}/notes/one"]["at"] == {"latitude": 1, "longitude": 2}
    things = len(export.documents) + len(export.files) + 1
    assert (job["output"]["total"], job["output"]["succeeded"]) == (things, things)


@pytest.fixture
def ada(monkeypatch: pytest.MonkeyPatch) -> str:
    """A user of the test's own, whose jobs the deployed functions do not hear of."""
    monkeypatch.setattr(config, "JOBS", "batchTests")
    return f"ada-{uuid4().hex}"


def test_many_small_parts_hold_the_same_as_one(ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write_everything(ada, tasks=7)
    for name in (
        "a/nul.txt",
        "a/A.txt",
        "a/a.txt",
        "b/tail. ",
        'c/qu"o:te?.mp4',
        "d/" + "é" * 300,
        "e/back\\slash.txt",
    ):
        put_file(f"user-uploads/{ada}/{name}", name.encode())
    put_file(f"user-uploads/{ada}", b"with the name of the folder")
    files = {name for name in files_of(ada) if "export" not in name}
    whole = BatchJob(ada, EXPORT).work()
    monkeypatch.setattr(export_module, "PART_BYTES", 400)
    parts = BatchJob(ada, EXPORT).work()
    exports = []
    for job in (whole, parts):
        assert job["status"] == "completed", job.get("error")
        exports.append(Export([bucket().blob(one["path"]).download_as_bytes() for one in job["output"]["files"]]))
    assert len(whole["output"]["files"]) == 1
    assert len(parts["output"]["files"]) >= 8
    assert exports[0].files == exports[1].files
    assert exports[0].files.keys() == files
    later = exports[1].documents.keys() - exports[0].documents.keys()
    # The second export itself, and the event that records the end of the first export.
    assert {path for path in later if not path.startswith("analyticsEvents/")} == {f"batchTests/{parts['id']}"}
    assert len(later) == 2


def test_a_user_of_whom_there_is_nothing_gets_a_part_all_the_same(ada: str) -> None:
    job = BatchJob(ada, EXPORT).work()
    assert (job["status"], len(job["output"]["files"])) == ("completed", 1)


def test_a_file_that_is_deleted_meanwhile_is_reported(ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        put_file(f"user-uploads/{ada}/{number}.mp4", b"film")
    source = sources.Source

    def deleted(blob: Any) -> Any:
        if blob.name.endswith("1.mp4"):
            blob.delete()
        return source(blob)

    monkeypatch.setattr(export_module, "Source", deleted)
    job = BatchJob(ada, EXPORT).work()
    assert (job["status"], job["output"]["failed"]) == ("completed", 1)
    [failure] = job["output"]["failures"]
    assert failure["item"] == f"user-uploads/{ada}/1.mp4"
    assert failure["error"].endswith("was deleted or replaced while it was exported.")


def test_a_file_that_is_deleted_while_it_is_copied_is_left_out_by_the_next_attempt(
    ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_file(f"user-uploads/{ada}/film.mp4", b"film")
    read = sources.Source.read

    def read_once(source: sources.Source, offset: int, length: int) -> bytes:
        content = read(source, offset, length)
        bucket().blob(source.path).delete()
        return content

    monkeypatch.setattr(export_module, "CHUNK_BYTES", 2)
    monkeypatch.setattr(sources.Source, "read", read_once)
    batch = BatchJob(ada, EXPORT)
    job = batch.work()
    assert (job["status"], job["errorCode"]) == ("pending", "unavailable")
    assert job["error"] == (
        f"The file 'user-uploads/{ada}/film.mp4' was deleted or replaced while it was exported. "
        "The job is tried again by itself."
    )
    batch.reference.update({"runAfter": datetime.now(UTC)})
    assert batch.work()["status"] == "completed"
