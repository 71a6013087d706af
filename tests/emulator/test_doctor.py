"""`stoker doctor` on the emulator suite, as a person runs it. Each project here is the test's own."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.cloud import firestore

from emulator.jobs_command import Jobs
from stoker import config
from stoker.version import running_version
from stoker_tools.setup.environment import ROOT

COMMAND = str(ROOT / "scripts" / "doctor")
MINUTE = timedelta(minutes=1)


def doctor(project: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    words = [COMMAND, "--emulator", "--project", project, *arguments]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def jobs(database: firestore.Client) -> Jobs:
    """A project in which the sweeper has just ended a sweep."""
    jobs = Jobs(database)
    swept(jobs, updatedAt=datetime.now(UTC), version=running_version())
    return jobs


def swept(jobs: Jobs, **fields: Any) -> None:
    jobs.firestore.collection(config.RECONCILES).document("sweep").set(fields)


def test_nothing_is_wrong_with_a_healthy_suite(jobs: Jobs) -> None:
    now = datetime.now(UTC)
    jobs.write("running", lease={"token": "t", "expiresAt": now + MINUTE})
    jobs.write("new", status="pending", stage="queued", createdAt=now - 2 * MINUTE)
    jobs.write("later", status="pending", createdAt=now - timedelta(days=1), runAfter=now + timedelta(days=1))
    jobs.write("held", status="pending", stage="paused", createdAt=now - timedelta(days=1))
    jobs.write("woken", status="pending", stage="queued", runAfter=now - timedelta(days=1))
    jobs.write("earlier", status="failed", completedAt=now - timedelta(days=1))
    done = doctor(jobs.project)
    assert (done.returncode, done.stdout) == (0, "Nothing is wrong with the suite.\n")
    assert done.stderr == "Looking. This takes up to 10 s.\n"


def test_what_is_wrong_is_named_with_a_command(jobs: Jobs) -> None:
    now = datetime.now(UTC)
    jobs.write("dead", lease={"token": "t", "expiresAt": now - 7 * MINUTE})
    jobs.write("bad", status="failed", errorCode="internal", completedAt=now - MINUTE)
    stop = {"stoppedUntil": now + timedelta(hours=1), "paused": ["audio-generation"]}
    jobs.firestore.collection(config.ADMIN_DATA).document(config.JOB_SETTINGS).set(stop)
    swept(jobs, updatedAt=now - 30 * MINUTE, version=running_version())
    jobs.firestore.collection(config.SERVER_KEYS).document(config.KEYRING).set({"keys": []})
    done = doctor(jobs.project, "--json")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    found = {one["code"]: one for one in report["findings"]}
    assert found.keys() == {"sweep-silent", "project-stopped", "type-paused", "jobs-failed", "keyring-damaged"}
    [lapsed] = found["sweep-silent"]["follows"]
    assert lapsed["code"] == "lease-lapsed"
    assert "dead" in lapsed["message"]
    assert lapsed["cure"] == "scripts/jobs show dead --emulator"
    assert found["type-paused"]["cure"] == "scripts/jobs resume audio-generation --emulator"
    assert {"emulators", "functions", "sweep", "used"} <= set(report["checked"])
    assert report["unread"] == []


def test_warnings_alone_are_no_failure(jobs: Jobs) -> None:
    swept(jobs, updatedAt=datetime.now(UTC), version="another")
    done = doctor(jobs.project)
    assert done.returncode == 0
    assert done.stdout.startswith("warning  other-version: ")
    assert done.stdout.endswith("\n0 errors, 1 warning in the suite.\n")
