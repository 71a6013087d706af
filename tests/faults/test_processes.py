"""Processes that are killed in the middle of their work."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from google.cloud import firestore

from conftest import Ffmpeg
from stoker.jobs.sweeper import sweep
from stoker.storage.client import bucket
from stoker_tools.samples.user import SampleUser
from waiting import until

pytestmark = pytest.mark.usefixtures("nothing_left_in_tmp")


@pytest.fixture
def source(user: SampleUser, ffmpeg: Ffmpeg) -> str:
    """A film that takes some seconds to encode."""
    picture = ("-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=60")
    film = ffmpeg("film.mp4", *picture, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    return user.upload(film, "video/mp4")


def encoders() -> Iterator[psutil.Process]:
    """The ffmpeg processes of the workers, known by the folder that they work in."""
    folder = Path(os.environ["STOKER_FUNCTIONS_TMPDIR"])
    for process in psutil.process_iter(["name", "cwd"]):
        if process.info["name"].startswith("ffmpeg") and Path(process.info["cwd"] or "/").parent == folder:
            yield process


def encoder() -> psutil.Process:
    """Wait for an ffmpeg."""
    return until(lambda: [*encoders()], 60, "An encoder starts")[0]


def one_set_of_outputs(user: SampleUser, job: dict[str, object]) -> bool:
    """Return whether the objects in the bucket are exactly those that the job names."""
    output = job["output"]
    assert isinstance(output, dict)
    there = {blob.name for blob in bucket().list_blobs(prefix=f"job-outputs/{user.id}/")}
    return there == {file["path"] for file in output["files"]}


def test_a_job_whose_encoder_was_killed_is_tried_again(user: SampleUser, source: str) -> None:
    job_id = user.write_job({"source": source})
    encoder().kill()
    job = user.result(job_id)
    assert (job["status"], job["attempt"]) == ("completed", 2), job.get("error")
    assert one_set_of_outputs(user, job)


def test_a_job_whose_worker_was_killed_is_run_again(user: SampleUser, source: str, database: firestore.Client) -> None:
    job_id = user.write_job({"source": source})
    running = encoder()
    worker = running.parent()
    assert worker is not None
    worker.kill()
    psutil.wait_procs([running], timeout=10)
    assert list(encoders()) == []  # it died with its worker
    # As if the lease had lapsed, which would take a minute and a half.
    reference = database.collection("processingJobs").document(job_id)
    reference.update({"lease.expiresAt": datetime.now(UTC) - timedelta(seconds=1)})
    sweep()
    job = user.result(job_id)
    assert (job["status"], job["attempt"]) == ("completed", 2), job.get("error")
    assert one_set_of_outputs(user, job)
