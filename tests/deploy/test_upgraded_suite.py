"""An app that has been upgraded, on the emulators: its rules, and jobs of its own type."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from google.api_core.exceptions import PermissionDenied

from adopter.machine import Machine
from adopter.own_suite import led_to, started
from deploy.newer_version import FIELD
from deploy.two_versions import Machines, done
from stoker_tools.samples.user import SampleUser
from stoker_tools.setup import app_root

pytestmark = [pytest.mark.soak, pytest.mark.emulator, pytest.mark.timeout(600)]


def test_the_upgraded_app_runs(machines: Machines, tmp_path: Path) -> None:
    new, app = machines.new, machines.copy(tmp_path)
    done(new, app, "update", "--yes", "--overwrite", "firestore.rules")
    done(new, app, "generate")
    # The packages of Node for the app's own functions are not installed, so the suite must not load these.
    (app / "functions" / "functions.yaml").write_text("specVersion: v1alpha1\nendpoints: {}\n")
    app_root.built_parts().mkdir(parents=True, exist_ok=True)
    (new.home / "emulators").symlink_to(app_root.built_parts())
    with started(Machine(new.stoker, app, new.home), tmp_path) as suite, led_to(suite):
        ada = SampleUser.sign_up()
        job = ada.result(ada.write_job({"text": "one two three"}, type="word-count"))
        assert job["status"] == "completed", job
        assert b'"words": 3' in ada.download(job["output"]["files"][0]["path"])

        task = suite.database.collection("tasks").document(f"t{uuid4().hex}")
        then = datetime.now(UTC) - timedelta(days=1)
        fields = {"id": task.id, "userId": ada.id, "title": "Water the plants", "createdAt": then, "updatedAt": then}
        task.set({**fields, "priority": "high", "category": "general", "status": "in-progress", FIELD: 3})
        own = ada.firestore.collection("tasks").document(task.id)
        assert own.get().get(FIELD) == 3
        with pytest.raises(PermissionDenied):
            own.delete()
        task.update({"status": "todo"})
        own.delete()
        ada.firestore.collection("settings").document(ada.id).set({"colour": "red"})
