"""A user of the app: all that a client does, through the rules, with a token of the Auth emulator."""

import json
import os
import queue
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
from google.cloud import firestore

PROJECT = "demo-stoker"
ENDED = ("completed", "failed", "cancelled")
SILENCE_SECONDS = 120
"""A job that is silent for so long is not coming back."""


class UserFirestore(firestore.Client):
    """Firestore as a user sees it: the client library itself would tell the emulator that it is the owner."""

    def __init__(self, token: str) -> None:
        super().__init__(project=PROJECT)
        self._token = token

    @property
    def _rpc_metadata(self) -> list[tuple[str, str]]:
        return [("google-cloud-resource-prefix", self._database_string), ("authorization", f"Bearer {self._token}")]


@dataclass(frozen=True)
class User:
    """A user who has signed in to the emulator suite.

    Attributes:
        id: The uid.
        token: The ID token that the rules see.
        firestore: Reads and writes as this user.

    Example:
        >>> user = User.sign_up()  # doctest: +SKIP
        >>> source = user.upload(Path("cat.mov"), "video/quicktime")  # doctest: +SKIP
        >>> for job in user.watch(user.write_job({"source": source})):  # doctest: +SKIP
        ...     print(job["progress"])
    """

    id: str
    token: str
    firestore: firestore.Client

    @classmethod
    def sign_up(cls) -> "User":
        """Makes an account with an e-mail address and a password."""
        host = os.environ["FIREBASE_AUTH_EMULATOR_HOST"]
        account = {"email": f"{uuid4().hex}@example.com", "password": uuid4().hex, "returnSecureToken": True}
        url = f"http://{host}/identitytoolkit.googleapis.com/v1/accounts:signUp?key=any"
        answer = httpx.post(url, json=account, timeout=30)
        answer.raise_for_status()
        token = answer.json()["idToken"]
        return cls(answer.json()["localId"], token, UserFirestore(token))

    def upload(self, file: Path, content_type: str, name: str | None = None) -> str:
        """Uploads a file through the Storage rules.

        Args:
            file: What to upload.
            content_type: Its media type.
            name: The object's name; one under the user's own folder where it is left out.

        Returns:
            The object's name.

        Raises:
            httpx.HTTPStatusError: The rules refused it (403).
        """
        name = name or f"user-uploads/{self.id}/{file.name}"
        headers = {**self._authorization, "Content-Type": content_type}
        url = f"{_objects()}?uploadType=media&name={quote(name, safe='')}"
        httpx.post(url, content=file.read_bytes(), headers=headers, timeout=120).raise_for_status()
        return name

    def download(self, name: str) -> bytes:
        """Downloads an object through the Storage rules.

        Raises:
            httpx.HTTPStatusError: The rules refused it (403), or there is no such object (404).
        """
        url = f"{_objects()}/{quote(name, safe='')}?alt=media"
        answer = httpx.get(url, headers=self._authorization, timeout=120)
        answer.raise_for_status()
        return answer.content

    def write_job(self, job_input: Any, **fields: Any) -> str:
        """Writes a `processingJobs` document through the Firestore rules.

        Args:
            job_input: The job's `input`.
            fields: What else to write, or to write instead.

        Returns:
            The document's id.

        Raises:
            google.api_core.exceptions.PermissionDenied: The rules refused it.
        """
        reference = self.firestore.collection("processingJobs").document()
        job = {
            "id": reference.id,
            "userId": self.id,
            "type": "video-processing",
            "input": job_input,
            "status": "pending",
            "createdAt": firestore.SERVER_TIMESTAMP,
        }
        reference.create({**job, **fields})
        return str(reference.id)

    def watch(self, job_id: str, silence_seconds: float = SILENCE_SECONDS) -> Iterator[dict[str, Any]]:
        """Follows a job live, through the Firestore rules, until it has ended.

        Args:
            job_id: The document's id.
            silence_seconds: How long it may be silent.

        Yields:
            The document, each time that it has changed.

        Raises:
            TimeoutError: The job was silent for too long.
        """
        for job in follow(self.firestore.collection("processingJobs").document(job_id), silence_seconds):
            yield job
            if job.get("status") in ENDED:
                return

    def result(self, job_id: str, seconds: float = SILENCE_SECONDS) -> dict[str, Any]:
        """Waits for the end of a job.

        Raises:
            TimeoutError: It has not ended in time.
        """
        until = time.monotonic() + seconds
        for job in self.watch(job_id, seconds):
            if job.get("status") in ENDED:
                return job
            if time.monotonic() > until:
                break
        raise TimeoutError(f"The job {job_id} did not end within {seconds} s.")

    @property
    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Firebase {self.token}"}


LOOK_SECONDS = 5.0
"""How long a listener may be silent until the document is read."""


def follow(reference: firestore.DocumentReference, silence_seconds: float) -> Iterator[dict[str, Any]]:
    """Follows a document live, for as long as the caller takes more.

    Args:
        reference: The document.
        silence_seconds: How long it may be silent.

    Yields:
        Its fields, at first and each time that it has changed; none while there is no such document.

    Raises:
        TimeoutError: The document was silent for too long.
    """
    news: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    watch = reference.on_snapshot(
        lambda snapshots, _changes, _time: news.put((snapshots[0].to_dict() or {}) if snapshots else {})
    )
    told: dict[str, Any] | None = None
    last = time.monotonic()
    try:
        while True:
            try:
                seen = news.get(timeout=min(LOOK_SECONDS, silence_seconds))
            except queue.Empty:
                # The library's listener misses a change now and then that comes while it begins.
                seen = reference.get().to_dict() or {}
            if seen != told:
                told, last = seen, time.monotonic()
                yield seen
                last = time.monotonic()
            elif time.monotonic() - last > silence_seconds:
                raise TimeoutError(f"{reference.path} was silent for {silence_seconds} s.")
    finally:
        watch.unsubscribe()


def _objects() -> str:
    bucket = json.loads(os.environ["FIREBASE_CONFIG"])["storageBucket"]
    return f"{os.environ['STORAGE_EMULATOR_HOST']}/v0/b/{bucket}/o"
