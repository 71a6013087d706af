"""A user of an app on the emulator suite. All requests go through the rules, with a token of the Auth emulator."""

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

from stoker import config

PROJECT = "demo-stoker"
ENDED = ("completed", "failed", "cancelled")
SILENCE_SECONDS = 120
"""The longest silence of a job that still works."""


class UserFirestore(firestore.Client):
    """Firestore with the rights of a user. By itself, the library would act as the owner of the emulator."""

    def __init__(self, token: str) -> None:
        super().__init__(project=PROJECT)
        self._token = token

    @property
    def _rpc_metadata(self) -> list[tuple[str, str]]:
        return [("google-cloud-resource-prefix", self._database_string), ("authorization", f"Bearer {self._token}")]


@dataclass(frozen=True)
class SampleUser:
    """A user who has signed in to the emulator suite.

    Attributes:
        id: The uid.
        token: The ID token, which the rules check.
        firestore: A client with the rights of this user.

    Example:
        >>> user = SampleUser.sign_up()  # doctest: +SKIP
        >>> source = user.upload(Path("cat.mov"), "video/quicktime")  # doctest: +SKIP
        >>> for job in user.watch(user.write_job({"source": source})):  # doctest: +SKIP
        ...     print(job["progress"])
    """

    id: str
    token: str
    firestore: firestore.Client

    @classmethod
    def sign_up(cls) -> "SampleUser":
        """Create an account with an e-mail address and a password."""
        host = os.environ["FIREBASE_AUTH_EMULATOR_HOST"]
        account = {"email": f"{uuid4().hex}@example.com", "password": uuid4().hex, "returnSecureToken": True}
        url = f"http://{host}/identitytoolkit.googleapis.com/v1/accounts:signUp?key=any"
        answer = httpx.post(url, json=account, timeout=30)
        answer.raise_for_status()
        token = answer.json()["idToken"]
        return cls(answer.json()["localId"], token, UserFirestore(token))

    def upload(self, file: Path, content_type: str, name: str | None = None) -> str:
        """Upload a file through the Storage rules.

        Args:
            file: The file.
            content_type: Its media type.
            name: The object's name; by default, a name in the user's own folder.

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
        """Download an object through the Storage rules.

        Raises:
            httpx.HTTPStatusError: The rules refused it (403), or the object does not exist (404).
        """
        url = f"{_objects()}/{quote(name, safe='')}?alt=media"
        answer = httpx.get(url, headers=self._authorization, timeout=120)
        answer.raise_for_status()
        return answer.content

    def write_job(self, job_input: Any, **fields: Any) -> str:
        """Write a `processingJobs` document through the Firestore rules.

        Args:
            job_input: The job's `input`.
            fields: Further fields, or other values for the usual fields.

        Returns:
            The document's id.

        Raises:
            google.api_core.exceptions.PermissionDenied: The rules refused it.
        """
        reference = self.firestore.collection(config.JOBS).document()
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
        """Follow a job live, through the Firestore rules, until it has ended.

        Args:
            job_id: The document's id.
            silence_seconds: The longest time without a change.

        Yields:
            The document, each time that it has changed.

        Raises:
            TimeoutError: The job did not change for too long.
        """
        for job in follow(self.firestore.collection(config.JOBS).document(job_id), silence_seconds):
            yield job
            if job.get("status") in ENDED:
                return

    def result(self, job_id: str, seconds: float = SILENCE_SECONDS) -> dict[str, Any]:
        """Wait for the end of a job; return its document.

        Raises:
            TimeoutError: The job has not ended in time.
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
"""The longest silence of a listener. After it, the document is read."""


def follow(reference: firestore.DocumentReference, silence_seconds: float) -> Iterator[dict[str, Any]]:
    """Follow a document live, until the caller stops.

    Args:
        reference: The document.
        silence_seconds: The longest time without a change.

    Yields:
        The fields of the document, at first and each time that it has changed; empty while it does not exist.

    Raises:
        TimeoutError: The document did not change for too long.
    """
    news: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    watch = reference.on_snapshot(
        lambda snapshots, _changes, _time: news.put((snapshots[0].to_dict() or {}) if snapshots else {})
    )
    last_yielded: dict[str, Any] | None = None
    last = time.monotonic()
    try:
        while True:
            try:
                seen = news.get(timeout=min(LOOK_SECONDS, silence_seconds))
            except queue.Empty:
                # The library's listener sometimes misses a change that comes while it starts.
                seen = reference.get().to_dict() or {}
            if seen != last_yielded:
                last_yielded, last = seen, time.monotonic()
                yield seen
                last = time.monotonic()
            elif time.monotonic() - last > silence_seconds:
                raise TimeoutError(f"{reference.path} was silent for {silence_seconds} s.")
    finally:
        watch.unsubscribe()


def _objects() -> str:
    bucket = json.loads(os.environ["FIREBASE_CONFIG"])["storageBucket"]
    return f"{os.environ['STORAGE_EMULATOR_HOST']}/v0/b/{bucket}/o"
