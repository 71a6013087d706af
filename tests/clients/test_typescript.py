"""The generated TypeScript compiles as strictly as can be, and a web app that uses it gets along with the rules."""

import os
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from google.cloud.firestore_v1.base_query import FieldFilter

from stoker import config
from stoker.analytics.clock import event_time
from stoker.firestore.client import client
from stoker.models.analytics import AnalyticsEvent
from stoker_tools.setup.environment import ROOT

MODULES = ROOT / "node_modules"


@pytest.fixture(scope="module")
def web_app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The app of `web.ts`, compiled; that it compiles is a test by itself."""
    into = tmp_path_factory.mktemp("web")
    compiler = ["node", str(MODULES / "typescript/bin/tsc"), "--project", str(ROOT / "tests/clients")]
    done = subprocess.run([*compiler, "--outDir", str(into)], capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert done.returncode == 0
    return into / "tests/clients/web.js"


def test_a_web_app_signs_up_writes_a_job_follows_it_and_is_refused_a_bad_one(web_app: Path) -> None:
    environment = os.environ | {"NODE_PATH": str(MODULES)}
    done = subprocess.run(
        ["node", str(web_app)], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    facts = dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line)
    assert done.returncode == 0, done.stdout + done.stderr
    assert facts["job"] == "failed, input-forbidden"
    assert facts["forged"] == "permission-denied"
    assert facts["defaults"] == "medium, todo, 0"
    assert facts["own"] == "completed todo"
    assert facts["skip"] == "permission-denied"
    assert facts["event"] == "allowed"
    assert facts["offline"] == "0 sent, nothing refused, 3 waiting"
    assert facts["online"] == "2 sent, job.completed refused, 0 waiting, once"
    of_the_user = FieldFilter("userId", "==", facts["user"])
    events = [
        AnalyticsEvent.from_firestore(event.to_dict() or {})
        for event in client().collection(config.ANALYTICS_EVENTS).where(filter=of_the_user).stream()
        if event.get("name").startswith("app.")
    ]
    assert {event.name for event in events} == {"app.opened", "app.closed"}
    for event in events:
        counted = event_time(event.occurred_at, event.sent_at, event.created_at)
        assert counted is not None
        # The clock of the device was 6 minutes fast.
        assert timedelta(minutes=5) < event.occurred_at - counted < timedelta(minutes=7)
