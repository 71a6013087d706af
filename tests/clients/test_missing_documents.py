"""Apps learn that a document does not exist, and keep their listeners when a document is deleted."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from stoker_tools.setup.environment import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """The results of `listeners.cjs`."""
    command = ["node", str(Path(__file__).with_name("listeners.cjs"))]
    environment = os.environ | {"NODE_PATH": str(ROOT / "node_modules")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    results: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return results


def test_only_signed_in_users_learn_that_a_document_does_not_exist(seen: dict[str, Any]) -> None:
    ordinary, profile = ["missing", "permission-denied"], ["permission-denied", "permission-denied"]
    expected = dict.fromkeys(("processingJobs", "projects", "tasks"), ordinary) | {"users": profile}
    assert seen["missing"] == expected


def test_a_listener_reports_that_its_job_was_deleted(seen: dict[str, Any]) -> None:
    assert seen["job"] == ["failed", "missing"]


def test_a_listener_stays_when_its_document_is_deleted(seen: dict[str, Any]) -> None:
    assert seen["task"] == ["missing", "todo", "missing", "todo"]


def test_a_stranger_who_listens_to_a_missing_document_never_sees_it(seen: dict[str, Any]) -> None:
    assert seen["stranger"] == ["missing", "permission-denied", "permission-denied"]
