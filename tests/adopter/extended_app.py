"""An app that had the extension Resize Images and a collection `tasks`, with Stoker and the code of docs/extend.md."""

import json
import re
from pathlib import Path

from adopter import hurried
from adopter.machine import Machine
from stoker_tools.install.extensions import EXTENSION
from stoker_tools.setup.environment import ROOT

FOLDER = "functions"

RULES = """\
rules_version = '2';

service cloud.firestore {
  match /databases/{database}/documents {
    // The app's own tasks are not those of Stoker.
    match /tasks/{task} {
      allow read, write: if request.auth != null;
    }
  }
}
"""

SETTINGS = """\
reserved_vcpu = 1

[names]
tasks = "todoItems"

[features]
video = false
speech = false
analytics = false
"""

HURRY = """

from hurried import hurry, install

install()
hurry(imageprocessing)
"""


def write_app(app: Path) -> None:
    """Write the app as it is before Stoker comes.

    Args:
        app: An empty folder.
    """
    settings = {"firestore": {"rules": "firestore.rules"}, "extensions": {"thumbs": f"{EXTENSION}@0.3.3"}}
    (app / "firebase.json").write_text(json.dumps(settings))
    (app / "firestore.rules").write_text(RULES)
    (app / "extensions").mkdir()
    (app / "extensions" / "thumbs.env").write_text("IMG_SIZES=64x64,200x200\nRESIZED_IMAGES_PATH=small\n")
    (app / FOLDER).mkdir()
    (app / FOLDER / "stoker.toml").write_text(SETTINGS)


def install_and_extend(machine: Machine) -> None:
    """Install Stoker with the type `image-processing`, add the code of docs/extend.md, and generate.

    Args:
        machine: A machine with an app of `write_app`.
    """
    machine.run("install", ".", "--yes", "--from-extensions")
    main = machine.app / FOLDER / "main.py"
    (main.parent / "hurried.py").write_text(Path(hurried.__file__).read_text())
    main.write_text(main.read_text() + HURRY)
    for name, code in re.findall(r"```python\n# (\S+)\n(.*?)```", (ROOT / "docs/extend.md").read_text(), re.DOTALL):
        file = machine.app / name
        file.write_text(f"{file.read_text()}\n\n{code}" if file.exists() else code)
    machine.run("update", "--yes")
    machine.run("generate")
