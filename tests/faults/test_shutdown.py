"""The platform takes an instance away: the attempt is handed back, quickly, and does not count."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psutil
import pytest
from google.cloud import firestore

from conftest import Ffmpeg
from processes import name_of
from stoker.jobs.sweeper import sweep
from stoker_tools.samples.user import SampleUser
from waiting import until

FUNCTIONS = Path(__file__).parents[2] / "functions"


@pytest.fixture
def server() -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The worker function as production serves it, by gunicorn."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "functions_framework", "--target", "videoprocessing", "--source", "main.py"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--host", "127.0.0.1", "--signature-type", "http"],
        cwd=FUNCTIONS,
        env={**os.environ, "K_SERVICE": "videoprocessing", "FUNCTIONS_EMULATOR": "true"},
    )
    yield process, f"http://127.0.0.1:{port}/"
    process.kill()
    process.wait()


def post(url: str, job_id: str) -> None:
    """Delivers a task; the answer of a server that goes down is of no interest."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            httpx.post(url, json={"data": {"jobId": job_id}}, timeout=120)
        except httpx.ConnectError:
            time.sleep(0.05)
        except httpx.HTTPError:
            return
        else:
            return


def with_an_encoder(process: int) -> list[psutil.Process]:
    """Wait until a process has an ffmpeg among its descendants. Return all descendants."""

    def descendants() -> list[psutil.Process]:
        children = psutil.Process(process).children(recursive=True)
        return children if any(name_of(child).startswith("ffmpeg") for child in children) else []

    return until(descendants, 10, "An encoder starts")


def test_an_attempt_is_handed_back_on_sigterm(
    user: SampleUser, ffmpeg: Ffmpeg, database: firestore.Client, server: tuple[subprocess.Popen[bytes], str]
) -> None:
    process, url = server
    picture = ("-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=60")
    film = ffmpeg("film.mp4", *picture, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    reference = database.collection("processingJobs").document()
    job = {
        "id": reference.id,
        "userId": user.id,
        "type": "video-processing",
        "input": {"source": user.upload(film, "video/mp4")},
        "createdAt": datetime.now(UTC) - timedelta(seconds=90),
    }
    reference.set({**job, "status": "cancelled"})  # which the dispatcher leaves alone,
    reference.update({"status": "pending"})  # and of which it does not hear
    threading.Thread(target=post, args=(url, reference.id), daemon=True).start()
    next(seen for seen in user.watch(reference.id) if seen.get("stage") == "encoding")
    children = with_an_encoder(process.pid)
    terminated = time.monotonic()
    process.terminate()
    seen = next(seen for seen in user.watch(reference.id) if seen["status"] == "pending")
    assert time.monotonic() - terminated < 5
    assert seen["attempt"] == 0
    assert not {"lease", "error", "errorCode"} & seen.keys()
    assert process.wait(20) is not None
    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == []

    sweep()
    done = user.result(reference.id)
    assert (done["status"], done["attempt"]) == ("completed", 1)
