"""The commands of operators on the pages, as they stand there, on a project of the emulator suite."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import firebase_admin
import pytest
from firebase_admin import auth
from google.cloud import firestore

from emulator.jobs_command import Jobs
from stoker import config
from stoker.version import running_version
from stoker_tools.setup.environment import ROOT
from unit.docs.pages import snippets

OPERATORS = ("accounts", "analytics", "costs", "doctor", "jobs", "keys", "progress", "roles")
"""The commands that the suite can answer. Tests of their own run `deploy` and `alerts`, on the twin of Google, and
`explain` on the example of its page. The other commands run tests or the suite itself."""

WITHOUT_PROJECT = ("costs",)


def lines() -> list[str]:
    """Return each line with such a command, without its comment."""
    found = [line for snippet in snippets("console") for line in re.findall(r"^\$ (.*)$", snippet.code, re.MULTILINE)]
    return sorted({line for line in found if re.match(rf"scripts/({'|'.join(OPERATORS)}) ", line)})


@pytest.fixture
def project(database: firestore.Client) -> Iterator[str]:
    """A project with the user, the job and the sweep that the pages speak of."""
    jobs = Jobs(database)
    now = datetime.now(UTC)
    jobs.write("IfQfVglRYKt3fjgUUfN8", status="failed", errorCode="input-not-found", completedAt=now)
    swept = {"updatedAt": now, "version": running_version()}
    jobs.firestore.collection(config.RECONCILES).document("sweep").set(swept)
    app = firebase_admin.initialize_app(options={"projectId": jobs.project}, name=jobs.project)
    auth.create_user(uid="ada", email="ada@example.com", app=app)
    yield jobs.project
    firebase_admin.delete_app(app)


def words_of(line: str, project: str) -> list[str]:
    """Return a line's words, for a project of the suite, and for this month in place of the page's."""
    command, *words = shlex.split(re.sub(r"\b2026-11\b", f"{datetime.now(UTC):%Y-%m}", line), comments=True)
    if "--project" in words:
        del words[words.index("--project") : words.index("--project") + 2]
    if command.removeprefix("scripts/") not in WITHOUT_PROJECT:
        words += ["--emulator", "--project", project]
    return [str(ROOT / command), *words]


@pytest.mark.slow
@pytest.mark.parametrize("line", lines())
def test_it_runs(line: str, project: str, tmp_path: Path) -> None:
    words = words_of(line, project)
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert "Traceback" not in done.stderr
