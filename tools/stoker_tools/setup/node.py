"""Node.js and the packages of package-lock.json, which hold the Firebase CLI."""

import shutil
import subprocess
from pathlib import Path

from stoker_tools.setup import app_root
from stoker_tools.setup.place import Place, SetupError, Way
from stoker_tools.setup.version import major

MINIMUM_NODE = 20  # package.json's "engines"; firebase-tools 15 runs on no older version
INSTALL = ["npm", "ci", "--no-audit", "--no-fund"]


def packages(folder: Path) -> Place:
    """Return the directory `node_modules` of a folder.

    Args:
        folder: The checkout, or the folder for these packages alone. npm reads the files of `app_root.NODE_FILES` in
            it. They are copied if they are missing.

    Raises:
        SetupError: There is no Node.js. Even with all packages in place, the Firebase CLI runs on it.
    """
    if not shutil.which("node"):
        raise SetupError(f"Node.js {MINIMUM_NODE} or later is missing: install it from https://nodejs.org.")
    for name in app_root.NODE_FILES:
        if not (folder / name).exists():
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(app_root.shipped(name), folder / name)
    options = () if app_root.checkout() else ("--omit=dev",)  # the others are for Stoker's own tests
    inputs = [(folder / name).read_text() for name in app_root.NODE_FILES]
    return Place(folder / "node_modules", inputs, [Way("npm", [[*INSTALL, *options]])])


def check_node() -> None:
    """Check that Node.js is new enough, and that npm is there.

    Raises:
        SetupError: One of them is not.
    """
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    if major(version.lstrip("v")) < MINIMUM_NODE:
        raise SetupError(
            f"Node.js {MINIMUM_NODE} or later is needed, and `node` is {version or 'broken'}: "
            "install a newer one from https://nodejs.org."
        )
    if not shutil.which("npm"):
        raise SetupError("npm is missing: install it (it comes with Node.js from https://nodejs.org).")
