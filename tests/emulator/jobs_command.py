"""Running `stoker jobs` in tests, on documents of a project of their own."""

import contextlib
import json
import os
import pty
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from google.cloud import firestore

from stoker import config
from stoker_tools.setup.environment import ROOT

COMMAND = str(ROOT / "scripts" / "jobs")


class Jobs:
    """A project of the test's own in the emulator. No function is called for its documents.

    Args:
        database: The database of the suite, for its credentials.
    """

    def __init__(self, database: firestore.Client) -> None:
        self.project = f"demo-{uuid4().hex[:12]}"
        self.firestore = firestore.Client(project=self.project, credentials=database._credentials)

    def write(self, job_id: str, **fields: Any) -> firestore.DocumentReference:
        job = {
            "id": job_id,
            "userId": "ada",
            "type": "video-processing",
            "input": {"source": "user-uploads/ada/cat.mov"},
            "status": "processing",
            "progress": 40,
            "stage": "encoding",
            "createdAt": datetime.now(UTC),
        }
        reference = self.firestore.collection(config.JOBS).document(job_id)
        reference.set({**job, **fields})
        return reference

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command to its end."""
        return run(*arguments, "--project", self.project)

    def json(self, *arguments: str) -> Any:
        """Run the command with --json; return its result."""
        return json.loads(self.run(*arguments, "--json").stdout)


def run(*arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, by default in this process's environment."""
    done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True, env=environment, timeout=120)
    assert "Traceback" not in done.stderr
    return done


def on_a_terminal(*arguments: str) -> tuple[int, str]:
    """Run the command on a terminal of 100 columns; return its exit code and its output."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen([COMMAND, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    written = b""
    with contextlib.suppress(OSError):  # Linux's way to say that the other end is closed
        while read := os.read(ours, 65536):
            written += read
    os.close(ours)
    return process.wait(60), written.decode()


def start(*arguments: str) -> subprocess.Popen[str]:
    """Start the command."""
    return subprocess.Popen([COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def line(process: subprocess.Popen[str]) -> str:
    """Return the next line that a command prints."""
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


def without_suite(home: Path) -> dict[str, str]:
    """Return the variables of a shell that knows no suite, no cloud and no login."""
    hidden = ("_EMULATOR_HOST", "_EMULATOR_HUB", "FIREBASE_CONFIG", "GOOGLE_APPLICATION_CREDENTIALS", "GCLOUD_PROJECT")
    kept = {name: value for name, value in os.environ.items() if not name.endswith(hidden)}
    return kept | {
        "HOME": str(home),
        "CLOUDSDK_CONFIG": str(home),
        "NO_GCE_CHECK": "true",
        "STOKER_SUITE_FILE": str(home / "suite.json"),
    }
