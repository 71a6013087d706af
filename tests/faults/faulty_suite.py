"""A second emulator suite, whose functions meet faults, and what a test does with it."""

import contextlib
import hashlib
import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from google.cloud import firestore

from development.environment import ROOT
from development.suite import Emulators, running
from faults.injection import NOTES
from stoker import config
from stoker.firestore.client import client
from stoker.storage.client import bucket

PARALLEL = 8
"""Requests that the Functions emulator serves at once; each has a process of its own."""

ENDED = ("completed", "failed", "cancelled")


@contextlib.contextmanager
def started(directory: Path) -> Iterator[Emulators]:
    """Runs the suite.

    Args:
        directory: An empty one, for the functions.
    """
    faults = ROOT / "tests" / "faults"
    links = {
        "faults": faults,
        "deployed.py": ROOT / "functions" / "main.py",
        **{name: ROOT / "functions" / name for name in ("stoker", "requirements.txt", ".env")},
    }
    for name, target in links.items():
        (directory / name).symlink_to(target)
    # Functions Framework looks for modules beside the real file.
    shutil.copy(faults / "functions" / "main.py", directory)
    with _environment({"FUNCTIONS_EMULATOR_PARALLEL": str(PARALLEL)}):
        suite = running(functions=directory, schedules=False)
        emulators = suite.__enter__()
    with contextlib.ExitStack() as stack:
        stack.push(suite)
        yield emulators


@contextlib.contextmanager
def entered(emulators: Emulators) -> Iterator["FaultySuite"]:
    """Leads this process to the suite, and back."""
    with _environment(emulators.environment):
        _forget_clients()
        try:
            yield FaultySuite(emulators)
        finally:
            _forget_clients()


@contextlib.contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _forget_clients() -> None:
    client.cache_clear()
    bucket.cache_clear()


def until(condition: Callable[[], object], seconds: float, what: str) -> None:
    """Waits until a condition holds.

    Raises:
        TimeoutError: It did not in time.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.05)


@dataclass(frozen=True)
class FaultySuite:
    """The suite, to a process that has entered it."""

    emulators: Emulators

    @property
    def temporary(self) -> Path:
        """The functions' temporary folder."""
        return Path(self.emulators.environment["STOKER_FUNCTIONS_TMPDIR"])

    @property
    def left(self) -> set[str]:
        """What jobs have left in the temporary folder."""
        return {path.name for path in self.temporary.iterdir() if path.name.startswith(("stoker", "tmp"))}

    def notes(self, what: str, job_id: str | None = None) -> list[dict[str, Any]]:
        """What the functions have noted so far."""
        file = self.temporary / NOTES
        lines = file.read_text().splitlines() if file.exists() else []
        notes = [json.loads(line) for line in lines]
        return [note for note in notes if note["what"] == what and job_id in (None, note.get("jobId"))]

    def write_job(self, user_id: str, source: str, fault: Mapping[str, Any], **fields: Any) -> str:
        """Writes a job with admin rights: the rules would refuse its fault."""
        reference = client().collection(config.JOBS).document()
        reference.create(
            {
                "id": reference.id,
                "userId": user_id,
                "type": "video-processing",
                "input": {"source": source},
                "status": "pending",
                "createdAt": firestore.SERVER_TIMESTAMP,
                "fault": fault,
                **fields,
            }
        )
        return str(reference.id)

    def job(self, job_id: str) -> dict[str, Any]:
        """A job's document."""
        return client().collection(config.JOBS).document(job_id).get().to_dict() or {}

    def result(self, job_id: str, seconds: float = 120) -> dict[str, Any]:
        """Waits for the end of a job."""
        end = time.monotonic() + seconds
        while (job := self.job(job_id))["status"] not in ENDED:
            if time.monotonic() > end:
                raise TimeoutError(f"The job did not end within {seconds} s: {job}")
            time.sleep(0.1)
        return job

    def sweep(self) -> int:
        """Makes a sweep, as the schedule would; returns the status of the answer."""
        url = f"http://{self.emulators.hosts['functions']}/{config.project()}/{config.REGION}/sweep_jobs-0"
        return httpx.post(url, json={}, timeout=60).status_code

    @contextlib.contextmanager
    def sweeping(self) -> Iterator[None]:
        """Sweeps every two seconds while the block runs."""
        done = threading.Event()

        def sweep() -> None:
            while not done.wait(2):
                self.sweep()

        thread = threading.Thread(target=sweep)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def assert_one_set_of_outputs(self, job: Mapping[str, Any]) -> None:
        """The objects that there are, are those that the job names, and hold what it says."""
        there = {blob.name: blob for blob in bucket().list_blobs(prefix=f"job-outputs/{job['userId']}/{job['id']}/")}
        named = {file["path"]: file for file in job["output"]["files"]}
        assert there.keys() == named.keys()
        for path, file in named.items():
            content = there[path].download_as_bytes()
            assert (len(content), hashlib.sha256(content).hexdigest()) == (file["bytes"], file["sha256"])
