"""The code with which a web app connects to a suite, run by Node.js as it is pasted."""

import json
import subprocess
from pathlib import Path

import pytest

from example_suite import HOSTS, VARIABLES
from stoker_tools.emulators.web_config import web_config
from stoker_tools.setup.environment import ROOT

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


@pytest.mark.slow
def test_the_code_connects_each_service_to_its_emulator(tmp_path: Path) -> None:
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
