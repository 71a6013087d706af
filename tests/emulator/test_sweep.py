"""A job whose event, task or worker was lost is brought back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from google.cloud import firestore

from stoker import config
from stoker.jobs.sweeper import sweep
from stoker_tools.samples.user import SampleUser


def test_a_job_whose_event_was_lost_is_run(user: SampleUser, clip: Path, database: firestore.Client) -> None:
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


def test_a_job_whose_worker_died_is_run_again(user: SampleUser, clip: Path, database: firestore.Client) -> None:
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


def test_a_job_that_is_to_run_later_waits_until_it_is_due(
    user: SampleUser, clip: Path, database: firestore.Client
) -> None:
    source = user.upload(clip, "video/mp4")
    job_id = user.write_job({"source": source}, runAfter=datetime.now(UTC) + timedelta(days=1))
    job_ran_meanwhile = user.write_job({"source": source})
    assert user.result(job_ran_meanwhile)["status"] == "completed"
    reference = database.collection(config.JOBS).document(job_id)
    assert reference.get().get("status") == "pending"
    reference.update({"runAfter": datetime.now(UTC) - timedelta(seconds=1)})
    sweep()
    assert user.result(job_id)["status"] == "completed"
