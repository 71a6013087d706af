"""`scripts/doctor` as an operator runs it at 3 a.m., against the twin of Google over HTTPS."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.deployed_world import deployed_world
from stoker_tools.setup.environment import ROOT
from twin.proxy import Google, started

COMMAND = """
import sys
from stoker_tools.cli import stoker
from stoker_tools.setup import environment

environment.enter = environment.prepare = lambda places=(): None  # This interpreter has the packages.
sys.exit(stoker.main(sys.argv[1:]))
"""

USER = {"type": "authorized_user", "client_id": "any", "client_secret": "any", "refresh_token": "any"}

MOST_SECONDS = 20
"""The command promises 10 s. The rest is for a machine that does other work."""

pytestmark = pytest.mark.slow


@pytest.fixture
def google(tmp_path: Path) -> Iterator[Google]:
    """A project to which this checkout was deployed. Its documents can't be read: this twin does not serve them."""
    with started(deployed_world()[0], tmp_path) as google:
        yield google


def doctor(google: Google, directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    credentials = directory / "credentials.json"
    credentials.write_text(json.dumps(USER))
    variables = google.environment(directory)
    environment = {
        **variables,
        "https_proxy": variables["HTTPS_PROXY"],  # gRPC reads no other name.
        "GOOGLE_APPLICATION_CREDENTIALS": str(credentials),
        "PYTHONPATH": str(ROOT / "tools"),
    }
    command = [sys.executable, "-c", COMMAND, "doctor", "--project", google.world.project, *arguments]
    began = time.monotonic()
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert time.monotonic() - began < MOST_SECONDS
    assert done.stderr.splitlines()[0] == "Looking. This takes up to 10 s."
    assert "Traceback" not in done.stderr
    return done


def test_a_firestore_that_is_silent_is_one_cause_and_all_other_facts_are_reported(
    google: Google, tmp_path: Path
) -> None:
    next(queue for name, queue in google.world.queues.items() if "/videoprocessing" in name)["state"] = "PAUSED"
    done = doctor(google, tmp_path, "--json")
    assert done.returncode == 1
    report: dict[str, Any] = json.loads(done.stdout)
    silent, paused = report["findings"]
    assert (silent["code"], len(silent["follows"])) == ("no-answer", 7)
    assert silent["message"].startswith("firestore.googleapis.com does not answer: ")
    assert paused["code"] == "queue-off"
    assert report["unread"] == ["sweep", "settings", "keyring", "waiting", "lapsed", "failed", "used"]
    assert {"functions", "schedules", "queues", "indexes", "policies", "rules"} <= set(report["checked"])


def test_a_google_that_is_silent_ends_the_command_with_one_sentence(google: Google, tmp_path: Path) -> None:
    with google.lock:  # Each call waits for it.
        done = doctor(google, tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[1:] == ["Google can't be reached. Check the network, and try again."]


@pytest.mark.parametrize("command", [["alerts", "--email", "ops@example.com"], ["doctor"]], ids=lambda words: words[0])
def test_the_login_of_the_firebase_cli_is_enough(google: Google, tmp_path: Path, command: list[str]) -> None:
    variables = google.environment(tmp_path)
    environment = {**variables, "https_proxy": variables["HTTPS_PROXY"], "PYTHONPATH": str(ROOT / "tools")}
    line = [sys.executable, "-c", COMMAND, *command, "--project", google.world.project, "--json"]
    done = subprocess.run(line, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == (0 if command[0] == "alerts" else 1), done.stderr  # The twin has no documents.
    assert "ya29" not in done.stdout + done.stderr
    made = [call for call in google.world.calls if call.host in ("monitoring.googleapis.com", "run.googleapis.com")]
    assert made


def test_without_any_login_the_first_step_is_named(google: Google, tmp_path: Path) -> None:
    variables = {name: value for name, value in google.environment(tmp_path).items() if name != "FIREBASE_TOKEN"}
    environment = {**variables, "PYTHONPATH": str(ROOT / "tools")}
    line = [sys.executable, "-c", COMMAND, "alerts", "--email", "ops@example.com", "--project", google.world.project]
    done = subprocess.run(line, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "The Firebase CLI has no login (Failed to authenticate, have you run firebase login?)" in done.stderr
    assert "npx firebase-tools login" in done.stderr
    assert "Traceback" not in done.stderr
    google.world.unknown.clear()
