"""Node.js and the packages of package-lock.json, which hold the Firebase CLI."""

import shutil
import subprocess
from pathlib import Path

from stoker_tools.setup.place import Place, SetupError, Way
from stoker_tools.setup.version import major

MINIMUM_NODE = 20  # package.json's "engines"; firebase-tools 15 runs on no older version
INSTALL = ["npm", "ci", "--no-audit", "--no-fund"]
FILES = ("package.json", "package-lock.json", ".npmrc")


def packages(root: Path) -> Place:
    """Return the directory `node_modules`.

    Args:
        root: The checkout.

    Raises:
        SetupError: There is no Node.js. Even with all packages in place, the Firebase CLI runs on it.
    """
    if not shutil.which("node"):
        raise SetupError(f"Node.js {MINIMUM_NODE} or later is missing: install it from https://nodejs.org.")
    return Place(root / "node_modules", [(root / file).read_text() for file in FILES], [Way("npm", [INSTALL])])


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
