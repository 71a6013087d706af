"""A machine on which the wheel of the tools is installed: it borrows the packages and programs of this checkout."""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from conftest import missing
from stoker_tools.setup import app_root
from stoker_tools.setup.environment import ROOT
from stoker_tools.setup.locks import UV
from stoker_tools.setup.place import STAMP, Place

HIDDEN = {"PYTHONPATH", "STOKER_PYTHON", "STOKER_SUITE_FILE"}
"""The variables by which a process would find this checkout."""


@dataclass(frozen=True)
class WheelHome:
    """A virtual environment with the wheel, and the folder of what the command installs.

    Attributes:
        stoker: The command.
        home: The folder.
    """

    stoker: Path
    home: Path

    def variables(self, others: dict[str, str] | None = None) -> dict[str, str]:
        """Return all variables of a process.

        Args:
            others: The variables of the process without those of this machine; by default, those of this process.
        """
        found = {name: value for name, value in (others or dict(os.environ)).items() if name not in HIDDEN}
        return found | {"STOKER_HOME": str(self.home), "PYTHONDONTWRITEBYTECODE": "1"}


def with_wheel(wheel: Path, directory: Path) -> WheelHome:
    """Install a wheel of the tools.

    Args:
        wheel: The wheel.
        directory: An empty directory.
    """
    venv, home = directory / "venv", directory / "home"
    _run([sys.executable, "-m", "venv", str(venv)], directory)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (venv / "lib" / version / "site-packages" / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    _run([str(venv / "bin/pip"), "install", "--quiet", "--no-deps", "--no-index", str(wheel)], directory)
    _borrow_node(home)
    _borrow_uv(home / "uv")
    app_root.built_parts().mkdir(parents=True, exist_ok=True)
    (home / "emulators").symlink_to(app_root.built_parts())
    return WheelHome(venv / "bin" / "stoker", home)


def _run(command: Sequence[str], directory: Path) -> None:
    variables = {name: value for name, value in os.environ.items() if name not in HIDDEN}
    done = subprocess.run(command, cwd=directory, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _borrow_node(home: Path) -> None:
    packages = ROOT / "node_modules"
    if not (packages / STAMP).exists():
        missing("node_modules")
    digest = hashlib.sha256(b"\0".join((ROOT / name).read_bytes() for name in app_root.NODE_FILES))
    folder = home / f"node-{digest.hexdigest()[:12]}"
    folder.mkdir(parents=True)
    for name in app_root.NODE_FILES:
        shutil.copy(ROOT / name, folder)
    (folder / "node_modules").symlink_to(packages.resolve())


def _borrow_uv(folder: Path) -> None:
    if not (ROOT / ".uv" / "bin" / "uv").exists():
        missing("uv")
    folder.mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (folder / name).symlink_to((ROOT / ".uv" / name).resolve())
    inputs = [(ROOT / UV.file).read_text(), sys.version, str(folder)]
    (folder / STAMP).write_text(Place(folder, inputs, []).digest)
