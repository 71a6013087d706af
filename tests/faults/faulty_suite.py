"""A second emulator suite with injected faults, and its use by tests."""

import contextlib
import hashlib
import json
import os
import shutil
import threading
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import firebase_admin
import httpx
from google.cloud import firestore
from google.events.cloud.firestore import Document, DocumentEventData

from faults.folder import NOTES
from stoker import config, registry
from stoker.firebase import app
from stoker.firestore.client import client
from stoker.storage.client import bucket
from stoker_tools.emulators import Emulators, running
from stoker_tools.setup.environment import ROOT
from waiting import until

PARALLEL = 12
"""Requests that the Functions emulator serves at once; each has a process of its own."""

START_SECONDS = 240
"""The time that the emulator waits for a process to start. The default is 30 s. The emulator does not end a process
that was too slow, so a busy machine would get busier and busier."""

SWEEP_SECONDS = 2
"""In place of the schedule's minute."""

ENDED = ("completed", "failed", "cancelled")


@contextlib.contextmanager
def started(directory: Path, main: str = "main.py", parallel: int = PARALLEL) -> Iterator[Emulators]:
    """Runs the suite.

    Args:
        directory: An empty one, for the functions.
        main: The file of `faults/functions` that declares them.
        parallel: Requests that the Functions emulator serves at once.
    """
    faults = ROOT / "tests" / "faults"
    links = {
        "faults": faults,
        **{name: ROOT / "functions" / name for name in ("stoker", "requirements.txt", ".env", ".env.demo-stoker")},
    }
    for name, target in links.items():
        (directory / name).symlink_to(target)
    # Functions Framework looks for modules beside the real file.
    shutil.copy(faults / "functions" / main, directory / "main.py")
    with contextlib.ExitStack() as stack:
        limits = {"FUNCTIONS_EMULATOR_PARALLEL": str(parallel), "FUNCTIONS_DISCOVERY_TIMEOUT": str(START_SECONDS)}
        with _environment(limits):
            emulators = stack.enter_context(running(functions=directory, schedules=False))
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
    firebase_admin.delete_app(app())  # Auth's client remembers where it was made


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
        """Return the files that jobs left in the temporary folder."""
        return {path.name for path in self.temporary.iterdir() if path.name.startswith(("stoker", "tmp"))}

    def notes(self, what: str | None = None, job_id: str | None = None) -> list[dict[str, Any]]:
        """Return the notes of the functions so far, or only those of a kind or of a job."""
        file = self.temporary / NOTES
        lines = file.read_text().splitlines() if file.exists() else []
        notes = [json.loads(line) for line in lines]
        return [note for note in notes if what in (None, note["what"]) and job_id in (None, note.get("jobId"))]

    def upload(self, file: Path) -> str:
        """Uploads a file that every user may read; returns the object's name."""
        name = f"public/{file.name}"
        bucket().blob(name).upload_from_filename(str(file))
        return name

    def write_jobs(self, source: str, faults: Mapping[str, Mapping[str, Any]], **fields: Any) -> None:
        """Writes jobs at once, each with an owner of its own; with admin rights, since the rules refuse a fault.

        Args:
            source: Their source.
            faults: The fault of each, by the job's id.
            fields: What else to write, or to write instead.
        """
        batch = client().batch()
        for job_id, fault in faults.items():
            job = {
                "id": job_id,
                "userId": f"owner-of-{job_id}",
                "type": "video-processing",
                "input": {"source": source},
                "status": "pending",
                "createdAt": firestore.SERVER_TIMESTAMP,
                "fault": fault,
            }
            batch.create(client().collection(config.JOBS).document(job_id), {**job, **fields})
        batch.commit()

    def write_job(self, source: str, fault: Mapping[str, Any], **fields: Any) -> str:
        """Writes one job; returns its id."""
        job_id = uuid4().hex
        self.write_jobs(source, {job_id: fault}, **fields)
        return job_id

    def job(self, job_id: str) -> dict[str, Any]:
        """A job's document."""
        return client().collection(config.JOBS).document(job_id).get().to_dict() or {}

    def result(self, job_id: str, seconds: float = 240) -> dict[str, Any]:
        """Waits for the end of a job."""
        return self.results([job_id], seconds)[0]

    def results(self, ids: Sequence[str], seconds: float) -> list[dict[str, Any]]:
        """Waits for the end of jobs.

        Raises:
            TimeoutError: A job has not ended in time. The message shows the job and its notes.
        """
        end = time.monotonic() + seconds
        jobs: dict[str, dict[str, Any]] = {job_id: {} for job_id in ids}
        while waiting := [job_id for job_id, job in jobs.items() if job.get("status") not in ENDED]:
            if time.monotonic() > end:
                notes = self.notes(job_id=waiting[0])
                raise TimeoutError(
                    f"{len(waiting)} of {len(ids)} jobs did not end within {seconds} s; one is\n"
                    f"{jobs[waiting[0]]}\nof which was noted\n{notes}"
                )
            time.sleep(0.1)
            # A few at a time: the emulators have work to do.
            references = [client().collection(config.JOBS).document(job_id) for job_id in waiting[:50]]
            jobs |= {snapshot.id: snapshot.to_dict() or {} for snapshot in client().get_all(references)}
        return [jobs[job_id] for job_id in ids]

    def sweep(self) -> int:
        """Makes a sweep, as the schedule would; returns the status of the answer."""
        return self._post(f"/{config.project()}/{config.REGION}/sweep_jobs-0", json={}).status_code

    def deliver_task(self, job_id: str) -> int:
        """Delivers a job's task once more, as Cloud Tasks may; returns the status of the answer."""
        queue = registry.queue_of("video-processing").name
        return self._post(f"/{config.project()}/{config.REGION}/{queue}", json={"data": {"jobId": job_id}}).status_code

    def deliver_event(self, job_id: str) -> int:
        """Delivers the event that a job was created once more, as Eventarc may; returns the status of the answer."""
        project, document = config.project(), f"{config.JOBS}/{job_id}"
        database = f"projects/{project}/databases/(default)"
        stored = client()._firestore_api.get_document(
            request={"name": f"{database}/documents/{document}"}, metadata=client()._rpc_metadata
        )
        value = Document.deserialize(type(stored).serialize(stored))
        attributes = {
            "specversion": "1.0",
            "id": "delivered-again",
            "type": "google.cloud.firestore.document.v1.created",
            "source": f"//firestore.googleapis.com/{database}",
            "subject": f"documents/{document}",
            "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "project": project,
            "database": "(default)",
            "namespace": "(default)",
            "document": document,
            "location": "nam5",
        }
        headers = {f"ce-{name}": value for name, value in attributes.items()}
        return self._post(
            f"/functions/projects/{project}/triggers/{config.REGION}-dispatch_job-0",
            # As the Firestore emulator sends it.
            content=b64encode(DocumentEventData.serialize(DocumentEventData(value=value))),
            headers={**headers, "Content-Type": "application/protobuf"},
        ).status_code

    def _post(self, path: str, **named: Any) -> httpx.Response:
        return httpx.post(f"http://{self.emulators.hosts['functions']}{path}", timeout=120, **named)

    @contextlib.contextmanager
    def sweeping(self, every: float = SWEEP_SECONDS) -> Iterator[None]:
        """Sweeps while the block runs.

        Args:
            every: Seconds between two sweeps.
        """
        done = threading.Event()

        def sweep() -> None:
            while not done.wait(every):
                self.sweep()

        thread = threading.Thread(target=sweep)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def assert_one_set_of_outputs(self, job: Mapping[str, Any], run: str = "") -> None:
        """Check that the objects in the bucket are exactly those that the job names, with the same contents."""
        named = {file["path"]: file for file in job["output"]["files"]}
        # What attempts that died have left is removed after the job has completed.
        until(lambda: objects(job).keys() == named.keys(), 30, f"{run} There are only outputs that {job} names")
        for path, (_, content) in objects(job).items():
            found = (len(content), hashlib.sha256(content).hexdigest())
            assert found == (named[path]["bytes"], named[path]["sha256"]), (run, job)


def objects(job: Mapping[str, Any]) -> dict[str, tuple[int, bytes]]:
    """A job's objects: their generations and their bytes."""
    blobs = bucket().list_blobs(prefix=f"job-outputs/{job['userId']}/{job['id']}/")
    return {blob.name: (blob.generation, blob.download_as_bytes()) for blob in blobs}
