"""A job whose event, task or worker was lost is brought back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from google.cloud import firestore

from development.user import User
from stoker import config
from stoker.jobs import sweep as sweep_module
from stoker.jobs.sweep import sweep


def test_a_job_whose_event_was_lost_is_run(
    user: User, clip: Path, database: firestore.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = user.upload(clip, "video/mp4")
    # Created under another status, which the dispatcher ignores: as if its event had never come.
    reference = database.collection(config.JOBS).document()
    job = {
        "id": reference.id,
        "userId": user.id,
        "type": "video-processing",
        "input": {"source": source},
        "createdAt": datetime.now(UTC) - timedelta(minutes=5),
    }
    reference.set({**job, "status": "cancelled"})
    reference.update({"status": "pending"})
    assert sweep() >= 1
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
    assert sweep() >= 1
    result = user.result(reference.id)
    assert (result["status"], result["attempt"]) == ("completed", 2)


def test_a_fresh_job_and_a_living_one_are_left_alone(
    database: firestore.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "JOBS", "sweepTests")
    dispatched: list[str] = []
    monkeypatch.setattr(sweep_module, "dispatch", lambda snapshot, occasion: dispatched.append(snapshot.id))
    now = datetime.now(UTC)
    alive = {"token": "t", "expiresAt": now + timedelta(seconds=60)}
    for name, fields in {
        "fresh": {"status": "pending", "createdAt": now},
        "stale": {"status": "pending", "createdAt": now - timedelta(minutes=5)},
        "living": {"status": "processing", "createdAt": now - timedelta(hours=1), "lease": alive},
        "lapsed": {"status": "processing", "createdAt": now, "lease": {**alive, "expiresAt": now - timedelta(1)}},
        "ended": {"status": "failed", "createdAt": now - timedelta(hours=1)},
    }.items():
        database.collection("sweepTests").document(name).set(fields)
    assert sweep(now) == 2
    assert sorted(dispatched) == ["lapsed", "stale"]
