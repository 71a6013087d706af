"""Outputs are deleted with their job's document, unless a living job needs them."""

from datetime import timedelta
from typing import Any

import pytest
from google.api_core.exceptions import ServiceUnavailable
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore

from engine.driven import ENDED, NOW, DrivenJob, upload
from engine.stores import IN_MEMORY
from stoker import config
from stoker.access import departure
from stoker.firestore.writes import Create, Delete
from stoker.jobs import abandoned
from stoker.jobs.abandoned import job_deleted, needs
from stoker.jobs.children import child_id
from stoker.jobs.job_deletion import delete_job
from stoker.jobs.reconcile_outputs import reconcile_outputs
from stoker.jobs.store import Store, store

EXPIRED: dict[str, Any] = {"expiresAt": NOW - timedelta(seconds=1)}


class OldJob:
    """A job that has ended, with outputs, of which one is a film."""

    def __init__(self, user_id: str = "ada", **fields: Any) -> None:
        self.job = DrivenJob(user_id)
        self.job.set({**ENDED, "id": self.job.id, "userId": user_id, "status": "completed", **fields})
        self.user_id = user_id
        self.folder = f"job-outputs/{user_id}/{self.job.id}"
        self.film = upload(f"{self.folder}/1-a/film.mp4")
        upload(f"{self.folder}/1-a/hls/master.m3u8")

    @property
    def files(self) -> list[str]:
        return store().list_outputs(self.user_id, self.job.id)

    def vanish(self) -> None:
        """Firestore deletes the document and sends its event."""
        document = self.job.found()
        self.job.delete()
        job_deleted(document)


@IN_MEMORY
@pytest.mark.parametrize(
    "fields",
    [{}, EXPIRED, {"status": "processing"}, {"status": "failed"}],
    ids=["as-it-is", "expired", "processing", "failed"],
)
def test_outputs_go_with_the_document(fields: dict[str, Any]) -> None:
    old, neighbour = OldJob(**fields), OldJob()
    old.vanish()
    assert old.files == []
    assert len(neighbour.files) == 2


def test_an_event_that_comes_twice_does_no_harm() -> None:
    old = OldJob()
    document = old.job.found()
    old.vanish()
    job_deleted(document)
    assert old.files == []


@IN_MEMORY
@pytest.mark.parametrize("user_id", [None, 7, "", "a/b", ".", "x" * 200, {"a": 1}], ids=str)
def test_the_document_of_nobody_does_no_harm(user_id: object) -> None:
    old = OldJob()
    nobody = DrivenJob()
    nobody.update({"userId": user_id})
    document = nobody.found()
    nobody.delete()
    job_deleted(document)
    assert len(old.files) == 2


def test_a_job_whose_id_is_used_again_keeps_its_files() -> None:
    old = OldJob()
    document = old.job.found()
    old.job.delete()
    old.job.set(dict(document.data))
    job_deleted(document)
    assert len(old.files) == 2


def test_an_id_that_another_user_uses_keeps_nothing() -> None:
    old = OldJob()
    document = old.job.found()
    old.job.set({**document.data, "userId": "bob"})
    job_deleted(document)
    assert old.files == []


INPUTS: dict[str, Any] = {
    "source": lambda path: {"source": path},
    "watermark": lambda path: {"source": "user-uploads/ada/cat.mov", "watermark": {"source": path}},
    "captions": lambda path: {"source": "user-uploads/ada/cat.mov", "captions": {"source": path}},
    "import": lambda path: {"operation": "import-tasks", "source": path},
    "batch": lambda path: {
        "operation": "run-jobs",
        "jobs": [
            {"type": "audio-generation", "input": {"text": "Hello."}},
            {"type": "video-processing", "input": {"source": path}},
        ],
    },
}


@IN_MEMORY
@pytest.mark.parametrize("named", INPUTS)
@pytest.mark.parametrize("status", ["pending", "processing"])
def test_outputs_stay_while_a_job_that_is_alive_names_one_of_them(named: str, status: str) -> None:
    old = OldJob()
    kind = "batch-operation" if named in ("import", "batch") else "video-processing"
    alive = DrivenJob(type=kind, status=status, input=INPUTS[named](old.film))
    document = old.job.found()
    old.vanish()
    assert len(old.files) == 2
    alive.update({"status": "completed"})
    job_deleted(document)
    assert old.files == []


def test_outputs_stay_if_the_owner_deletes_a_job_that_another_job_reads() -> None:
    old = OldJob()
    DrivenJob(input={"source": old.film})
    delete_job(old.job.id)
    assert not old.job.is_there()
    assert len(old.files) == 2


def test_the_jobs_of_others_and_jobs_that_have_ended_keep_nothing() -> None:
    old = OldJob()
    DrivenJob("bob", input={"source": old.film})
    DrivenJob(input={"source": old.film}, status="failed")
    DrivenJob(input={"source": f"{old.folder}-2/1-a/film.mp4"})
    old.vanish()
    assert old.files == []


@pytest.mark.parametrize("among", [0, abandoned.PAGE, 2 * abandoned.PAGE + 1])
def test_the_job_that_needs_them_is_found_among_many(among: int) -> None:
    old = OldJob()
    for number in range(among):
        job_id = f"a-{number:03}"  # before the other one
        other = {"id": job_id, "userId": "ada", "type": "audio-generation", "status": "pending"}
        store().documents.commit([Create(f"{config.JOBS}/{job_id}", {**other, "input": {"text": "Hello."}})])
    needing = {"id": "z", "userId": "ada", "status": "pending", "input": {"source": old.film}}
    store().documents.commit([Create(f"{config.JOBS}/z", needing)])
    document = old.job.found()
    old.vanish()
    assert len(old.files) == 2
    store().documents.commit([Delete(f"{config.JOBS}/z")])
    job_deleted(document)
    assert old.files == []


@IN_MEMORY
def test_outputs_stay_if_more_jobs_are_alive_than_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(abandoned, "MOST_ALIVE", abandoned.PAGE)
    old = OldJob()
    for _ in range(abandoned.PAGE):
        DrivenJob()
    old.vanish()
    assert len(old.files) == 2
    assert reconcile_outputs().removed == 2


@pytest.mark.parametrize("engine", [pytest.param("firestore", marks=pytest.mark.emulator)], indirect=True)
def test_outputs_stay_while_an_input_can_not_be_decoded(engine: Store) -> None:
    old = OldJob()
    elsewhere = firestore.Client(project="another", credentials=AnonymousCredentials()).document("a/b")
    DrivenJob(input={"source": elsewhere})
    old.vanish()
    assert len(old.files) == 2


@IN_MEMORY
@pytest.mark.parametrize("status", ["pending", "processing"])
def test_a_childs_outputs_stay_while_its_batch_is_alive(status: str) -> None:
    """Its document may expire before the batch has ended."""
    whole = DrivenJob(type="batch-operation", status=status, children=12, stage="running-jobs", input={})
    child = OldJob(parentId=whole.id)
    renamed = child_id(whole.id, 11)
    store().documents.commit([Create(f"{config.JOBS}/{renamed}", {**child.job.data(), "id": renamed})])
    path = upload(f"job-outputs/ada/{renamed}/1-a/film.mp4")
    last = DrivenJob.there(renamed)
    document = last.found()
    last.delete()
    job_deleted(document)
    assert store().list_outputs("ada", renamed) == [path]
    whole.update({"status": "completed"})
    job_deleted(document)
    assert store().list_outputs("ada", renamed) == []


@IN_MEMORY
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"input": {"source": "job-outputs/ada/old/1/a.mp4"}}, True),
        ({"input": {"source": "job-outputs/ada/old"}}, False),
        ({"input": {"source": "job-outputs/ada/older/1/a.mp4"}}, False),
        ({"input": {"source": "job-outputs/bob/old/1/a.mp4"}}, False),
        ({"input": {"deep": [{"in": ["a", 7, None, {"a": "job-outputs/ada/old/x"}]}]}}, True),
        ({"input": None}, False),
        ({"input": {}, "children": "many"}, False),
        ({}, False),
    ],
    ids=str,
)
def test_a_job_needs_what_its_input_names(data: dict[str, Any], expected: bool) -> None:
    assert needs(data, "new", "ada", "old") is expected


def test_the_deletion_of_an_account_removes_and_counts_the_files_itself() -> None:
    old = OldJob("leaving")
    store().documents.commit([departure.begin_write("leaving", "deletion-1", locked_before=False, account_made=1)])
    old.vanish()
    assert len(old.files) == 2
    store().delete_outputs(old.files)


@IN_MEMORY
@pytest.mark.parametrize(
    ("fields", "left"),
    [(EXPIRED, 2), ({}, 0), ({"expiresAt": "soon"}, 0)],
    ids=["expired", "no-time", "no-time-of-ours"],
)
def test_kept_outputs_stay_if_the_document_has_expired(
    monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any], left: int
) -> None:
    monkeypatch.setattr(config, "KEEP_OUTPUTS", True)
    old = OldJob(**fields)
    old.vanish()
    assert len(old.files) == left


@IN_MEMORY
def test_kept_outputs_go_if_the_owner_deletes_the_job_even_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "KEEP_OUTPUTS", True)
    old = OldJob(**EXPIRED)
    delete_job(old.job.id)
    assert old.files == []


@IN_MEMORY
def test_an_error_is_logged_and_left_to_the_reconcile(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = OldJob()

    def refuse(*_: Any) -> None:
        raise ServiceUnavailable("down")

    with monkeypatch.context() as patch:
        patch.setattr(store(), "delete_outputs", refuse)
        old.vanish()
    assert "the reconcile will do it" in capsys.readouterr().err
    assert len(old.files) == 2
