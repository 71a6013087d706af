"""The functions' temporary folder. Tests ask for faults with files in it, and the functions note events there."""

import json
import os
import time
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("TMPDIR", "/tmp"))
NOTES = "notes.jsonl"
UNRELIABLE = "unreliable.json"
FIRESTORE_DOWN = "firestore-down"
APP_CHECK_KEYS = "app-check-keys.json"
"""The public keys that App Check's tokens are verified with, in place of Google's."""


def note(what: str, **fields: Any) -> None:
    """Note an event for the test."""
    line = json.dumps({"what": what, "pid": os.getpid(), "time": time.time(), **fields}) + "\n"
    descriptor = os.open(FOLDER / NOTES, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, line.encode())  # in one piece, because many processes write
    os.close(descriptor)


def noted(what: str, job_id: str) -> int:
    """Return the number of notes of an event of a job."""
    words = (f'"what": "{what}"', f'"jobId": "{job_id}"')
    return sum(all(word in line for word in words) for line in (FOLDER / NOTES).read_text().splitlines())
