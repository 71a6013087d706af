"""The code with which a web app connects to a suite."""

import json
import subprocess
from pathlib import Path

import pytest

from stoker_tools.emulators.web_config import region_of, web_config
from stoker_tools.setup.environment import ROOT

HOSTS = {
    "auth": "127.0.0.1:9099",
    "firestore": "127.0.0.1:8080",
    "functions": "127.0.0.1:5001",
    "storage": "127.0.0.1:9199",
    "hub": "127.0.0.1:4400",
}
VARIABLES = {
    "GCLOUD_PROJECT": "demo-stoker",
    "FIREBASE_CONFIG": json.dumps({"storageBucket": "demo-stoker.appspot.com"}),
}
SHOW = """
import { ref } from 'firebase/storage';
const storage = getStorage(app);
console.log(JSON.stringify({
  bucket: ref(storage, 'a').bucket,
  project: app.options.projectId,
  auth: getAuth(app).emulatorConfig?.port,
  firestore: getFirestore(app).toJSON().settings.host,
  storage: storage._host ?? storage.host,
}));
process.exit(0);
"""


def test_it_names_all_emulators_that_an_app_uses_and_the_bucket() -> None:
    code = web_config(HOSTS, VARIABLES, "europe-west1")
    assert "storageBucket: 'demo-stoker.appspot.com'" in code
    assert "connectAuthEmulator(getAuth(app), 'http://127.0.0.1:9099');" in code
    assert "connectFirestoreEmulator(getFirestore(app), '127.0.0.1', 8080);" in code
    assert "connectFunctionsEmulator(getFunctions(app, 'europe-west1'), '127.0.0.1', 5001);" in code
    assert "connectStorageEmulator(getStorage(app), '127.0.0.1', 9199);" in code
    assert "hub" not in code


def test_an_emulator_that_does_not_run_is_left_out() -> None:
    code = web_config({"auth": "127.0.0.1:9099"}, VARIABLES)
    assert "connectAuthEmulator" in code
    assert "Firestore" not in code


@pytest.mark.slow
def test_it_runs_as_it_is_pasted(tmp_path: Path) -> None:
    if not (ROOT / "node_modules/firebase").exists():
        pytest.fail("npm packages are missing: run scripts/test.")
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    script = tmp_path / "app.mjs"
    script.write_text(f"{web_config(HOSTS, VARIABLES)}\n{SHOW}")
    done = subprocess.run(["node", str(script)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout.splitlines()[-1])
    assert shown == {
        "bucket": "demo-stoker.appspot.com",
        "project": "demo-stoker",
        "auth": 9099,
        "firestore": "127.0.0.1:8080",
        "storage": "127.0.0.1:9199",
    }


def test_the_region_is_that_of_most_functions() -> None:
    endpoints = {"a": {"region": ["europe-west1"]}, "b": {"region": ["europe-west1"]}, "c": {"region": ["us-east1"]}}
    assert region_of({"endpoints": endpoints}) == "europe-west1"
    assert region_of({"endpoints": {"a": {"region": None}}}) == "us-central1"
