"""A job whose event, task or worker was lost is brought back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from google.cloud import firestore

from development.user import User
from stoker import config
from stoker.jobs import dispatch as dispatch_module
from stoker.jobs import sweep as sweep_module
from stoker.jobs.sweeper import sweep


def test_a_job_whose_event_was_lost_is_run(user: User, clip: Path, database: firestore.Client) -> None:
    source = user.upload(clip, "video/mp4")
    # Created under another status, which the dispatcher ignores: as if its event had never come.
    reference = database.collection(config.JOBS).document()
    job = {
        "id": reference.id,
        "userId": user.id,
        "type": "video-processing",
        "input": {"source": source},
        "createdAt": datetime.now(UTC) - timedelta(seconds=90),
    }
    reference.set({**job, "status": "cancelled"})
    reference.update({"status": "pending"})
    sweep()
    assert user.result(reference.id)["status"] == "completed"


def test_a_job_whose_worker_died_is_run_again(user: User, clip: Path, database: firestore.Client) -> None:
    source = user.upload(clip, "video/mp4")
    reference = database.collection(config.JOBS).document()
    lapsed = datetime.now(UTC) - timedelta(seconds=1)
    job = {
        "id": reference.id,
        "userId": user.id,
        "type": "video-processing",
        "input": {"source": source},
        "createdAt": datetime.now(UTC),
        "attempt": 1,
        "lease": {"token": "of a dead worker", "expiresAt": lapsed},
    }
    reference.set({**job, "status": "cancelled"})
    reference.update({"status": "processing"})
    sweep()
    result = user.result(reference.id)
    assert (result["status"], result["attempt"]) == ("completed", 2)


def test_a_job_that_is_to_run_later_waits_until_it_is_due(user: User, clip: Path, database: firestore.Client) -> None:
    source = user.upload(clip, "video/mp4")
    job_id = user.write_job({"source": source}, runAfter=datetime.now(UTC) + timedelta(days=1))
    job_ran_meanwhile = user.write_job({"source": source})
    assert user.result(job_ran_meanwhile)["status"] == "completed"
    reference = database.collection(config.JOBS).document(job_id)
    assert reference.get().get("status") == "pending"
    reference.update({"runAfter": datetime.now(UTC) - timedelta(seconds=1)})
    sweep()
    assert user.result(job_id)["status"] == "completed"


def test_documents_that_can_not_be_read_keep_no_other_from_being_brought_back(
    user: User, clip: Path, database: firestore.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "JOBS", "sweepTests")
    now = datetime.now(UTC)
    jobs = database.collection("sweepTests")
    elsewhere = firestore.Client(project="another", credentials=database._credentials).document("a/b")
    good = {"userId": "ada", "type": "video-processing", "input": {"source": "public/a.mp4"}, "status": "pending"}
    documents: dict[str, dict[str, Any]] = {
        "foreign": {"input": {"source": elsewhere}},
        "huge": {"userId": 7, "input": {"junk": "x" * (1024 * 1024 - 250)}},
        "good": {},
    }
    for age, (name, fields) in enumerate(documents.items()):
        created = now - timedelta(seconds=100 - age)
        jobs.document(name).set({**good, "id": name, "createdAt": created, **fields})
    queued: list[str] = []
    monkeypatch.setattr(dispatch_module, "enqueue", lambda job_type, job_id, occasion: queued.append(job_id))
    assert sweep(now) == 3
    assert queued == ["good"]
    for name in ("foreign", "huge"):
        data = jobs.document(name).get(field_paths=["status", "errorCode"]).to_dict() or {}
        assert data["status"] == "failed"
        assert data["errorCode"] == "invalid-job"


def test_a_page_that_is_full_is_not_the_end(database: firestore.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "JOBS", "sweepPages")
    monkeypatch.setattr(config, "SWEEP_PAGE", 3)
    dispatched: list[str] = []
    monkeypatch.setattr(sweep_module, "dispatch", lambda snapshot, occasion: dispatched.append(snapshot.id))
    now = datetime.now(UTC)
    for number in range(7):
        created = now - timedelta(seconds=100)
        database.collection("sweepPages").document(f"j{number}").set({"status": "pending", "createdAt": created})
    assert sweep(now) == 7
    assert sorted(dispatched) == [f"j{number}" for number in range(7)]


def test_a_fresh_job_and_a_living_one_are_left_alone(
    database: firestore.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "JOBS", "sweepAges")
    dispatched: list[str] = []
    monkeypatch.setattr(sweep_module, "dispatch", lambda snapshot, occasion: dispatched.append(snapshot.id))
    now = datetime.now(UTC).replace(minute=20)  # a minute in which everything is looked at
    alive = {"token": "t", "expiresAt": now + timedelta(seconds=60)}
    for name, fields in {
        "fresh": {"status": "pending", "createdAt": now},
        "stale": {"status": "pending", "createdAt": now - timedelta(minutes=5)},
        "living": {"status": "processing", "createdAt": now - timedelta(hours=1), "lease": alive},
        "lapsed": {"status": "processing", "createdAt": now, "lease": {**alive, "expiresAt": now - timedelta(1)}},
        "ended": {"status": "failed", "createdAt": now - timedelta(hours=1)},
    }.items():
        database.collection("sweepAges").document(name).set(fields)
    assert sweep(now) == 2
    assert sorted(dispatched) == ["lapsed", "stale"]
