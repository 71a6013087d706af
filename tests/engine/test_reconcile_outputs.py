"""Outputs whose job's document is gone without an event: the daily reconcile finds them."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from google.api_core.exceptions import ServiceUnavailable

from engine.driven import DrivenJob, Meddled, upload
from engine.stores import IN_MEMORY
from stoker import config
from stoker.firestore.writes import Create
from stoker.jobs import reconcile_outputs as module
from stoker.jobs.reconcile_outputs import jobs_of, reconcile_outputs
from stoker.jobs.store import Store, store
from stoker.storage.client import bucket


@pytest.fixture(autouse=True)
def _own_bucket(engine: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A separate bucket, because a reconcile looks at everything."""
    with monkeypatch.context() as patch:
        patch.setenv("FIREBASE_CONFIG", json.dumps({"storageBucket": f"demo-{uuid4().hex}.appspot.com"}))
        bucket.cache_clear()
        yield
        bucket.cache_clear()


def job_with_files(files: int = 2, **fields: Any) -> DrivenJob:
    """A job that is completed, with files."""
    job = DrivenJob(**{"status": "completed", **fields})
    for number in range(files):
        upload(f"job-outputs/{job.data()['userId']}/{job.id}/1-a/{number}.mp4")
    return job


def all_files() -> list[str]:
    return store().outputs_behind("", 1000)


def test_outputs_without_a_document_go_and_all_others_stay() -> None:
    there = [job_with_files(user_id=user) for user in ("ada", "ada-b", "ädä")]
    kept = all_files()
    gone = [job_with_files(user_id=user) for user in ("ada", "ada-b", "ädä", "zoe")]
    for job in gone:
        job.delete()
    done = reconcile_outputs()
    assert (done.looked_at, done.removed, done.failed) == (len(there) + len(gone), 8, [])
    assert all_files() == kept
    assert reconcile_outputs().removed == 0


def test_an_id_that_is_now_another_users_keeps_nothing() -> None:
    job = job_with_files()
    old = upload(f"job-outputs/bob/{job.id}/1-a/0.mp4")
    assert reconcile_outputs().removed == 1
    assert old not in all_files()
    assert len(all_files()) == 2


def test_outputs_that_were_needed_go_once_they_are_not() -> None:
    old = job_with_files()
    alive = DrivenJob(input={"source": all_files()[0]})
    old.delete()
    assert reconcile_outputs().removed == 0
    alive.update({"status": "completed"})
    assert reconcile_outputs().removed == 2


def test_the_next_page_begins_behind_the_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAGE", 2)
    kept, gone = job_with_files(3), job_with_files(3)
    gone.delete()
    assert reconcile_outputs().removed == 3
    assert {name.split("/")[2] for name in all_files()} == {kept.id}


@IN_MEMORY
@pytest.mark.parametrize("page", [1, 2, 3, 1000])
@pytest.mark.parametrize("bound", ["time", "jobs"])
def test_it_goes_on_where_the_last_reconcile_stopped(monkeypatch: pytest.MonkeyPatch, page: int, bound: str) -> None:
    monkeypatch.setattr(module, "PAGE", page)
    if bound == "jobs":
        monkeypatch.setattr(module, "JOBS", 1)
    kept = {job_with_files().id for _ in range(3)}
    for _ in range(3):
        job_with_files().delete()
    seconds = -1 if bound == "time" else 60
    looked_at = [reconcile_outputs(seconds).looked_at]
    while (cursor := store().documents.get(module.CURSOR)) is not None and cursor.data["after"]:
        assert len(looked_at) < 20
        looked_at.append(reconcile_outputs(seconds).looked_at)
    assert max(looked_at) <= page
    assert {name.split("/")[2] for name in all_files()} == kept


@IN_MEMORY
def test_a_place_that_can_not_be_read_means_the_beginning() -> None:
    job_with_files()
    job_with_files().delete()
    store().documents.commit([Create(module.CURSOR, {"after": 7})])
    assert reconcile_outputs().removed == 2


@IN_MEMORY
def test_names_that_no_attempt_gives_are_left_alone() -> None:
    DrivenJob()
    strange = ["job-outputs/readme.txt", "job-outputs/ada/logo.png", "job-outputs/ada/folder/logo.png"]
    strange += ["job-outputs/ada/__x__/1/a.mp4", "job-outputs/ada/a b/1/a.mp4", f"job-outputs/ada/{'x' * 129}/1/a"]
    strange += ["job-outputs/__ada__/one/1/a.mp4", "job-outputs//one/1/a.mp4"]
    for name in strange:
        upload(name)
    assert reconcile_outputs().looked_at == 0
    assert all_files() == sorted(strange)
    assert jobs_of(strange) == []


def test_without_any_job_nothing_is_removed(capsys: pytest.CaptureFixture[str]) -> None:
    """The database was emptied, or restored elsewhere."""
    job_with_files().delete()
    done = reconcile_outputs()
    assert (done.looked_at, done.removed, len(all_files())) == (0, 0, 2)
    assert "outputs-without-jobs" in capsys.readouterr().err
    DrivenJob()
    assert reconcile_outputs().removed == 2


@IN_MEMORY
def test_without_any_outputs_nothing_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    assert reconcile_outputs().looked_at == 0
    assert capsys.readouterr().err == ""


@IN_MEMORY
def test_kept_outputs_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "KEEP_OUTPUTS", True)
    DrivenJob()
    job_with_files().delete()
    assert reconcile_outputs().removed == 0
    assert len(all_files()) == 2


@IN_MEMORY
def test_one_job_keeps_no_other_from_its_removal(monkeypatch: pytest.MonkeyPatch) -> None:
    DrivenJob()
    first, second = sorted([job_with_files().id, job_with_files().id])
    for job_id in (first, second):
        DrivenJob.there(job_id).delete()
    delete = store().delete_outputs

    def failing(names: list[str]) -> None:
        if any(first in name for name in names):
            raise ServiceUnavailable("down")
        delete(names)

    monkeypatch.setattr(store(), "delete_outputs", failing)
    done = reconcile_outputs()
    assert (done.failed, done.removed) == ([first], 2)


@IN_MEMORY
def test_each_job_costs_a_read_however_many_files_it_has(meddled: Meddled, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        job_with_files(10)
    read: list[str] = []
    get_all = meddled.documents.get_all

    def counted(paths: Any, fields: Any = ()) -> Any:
        read.extend(paths)
        return get_all(paths, fields)

    monkeypatch.setattr(meddled, "get_all", counted, raising=False)
    assert reconcile_outputs().looked_at == 3
    assert len(read) == 3
