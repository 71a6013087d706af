"""A worker stops for so long that another worker does its job, and then goes on."""

from pathlib import Path

import psutil
import pytest

from conftest import Ffmpeg
from faults.faulty_suite import FaultySuite, objects
from stoker import config
from stoker.firestore.client import client
from waiting import until


@pytest.fixture
def long_film(ffmpeg: Ffmpeg) -> Path:
    """A film that takes some seconds to encode."""
    picture = ("-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=30")
    return ffmpeg("long.mp4", *picture, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def ended_tasks(faulty: FaultySuite, job_id: str) -> set[int]:
    """The processes whose delivery of a job's task is over."""
    return {note["pid"] for note in faulty.notes("task over", job_id)}


@pytest.mark.parametrize("point", ["in the encode", "in the upload", "before the final write"])
def test_a_worker_that_comes_back_changes_nothing(faulty: FaultySuite, long_film: Path, point: str) -> None:
    job_id = faulty.write_job(faulty.upload(long_film), {"signals": {"1": {"at": point, "signal": "SIGSTOP"}}})
    until(lambda: faulty.notes("signal", job_id), 60, "The worker stops")
    worker = psutil.Process(faulty.notes("signal", job_id)[0]["pid"])
    zombie = [worker, *worker.children(recursive=True)]
    for process in zombie:
        process.suspend()
    encoding = any(process.name().startswith("ffmpeg") for process in zombie)
    assert encoding == (point == "in the encode")
    with faulty.sweeping():
        job = faulty.result(job_id)
    assert (job["status"], job["attempt"]) == ("completed", 2)
    faulty.assert_one_set_of_outputs(job)
    reference = client().collection(config.JOBS).document(job_id)
    document, files = reference.get(), objects(job)
    for process in reversed(zombie):
        process.resume()
    until(lambda: worker.pid in ended_tasks(faulty, job_id), 60, "The worker that came back ends its attempt")
    assert psutil.wait_procs(zombie[1:], timeout=10)[1] == []
    now = reference.get()
    assert (now.to_dict(), now.update_time) == (document.to_dict(), document.update_time)
    assert objects(job) == files
    assert faulty.left == set()
