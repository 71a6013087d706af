"""The `requirements.txt` of an app: Stoker's wheel with the extras of the app's features, and the app's own packages.

Each package has its version and the hashes of its files, as in this project's own lock files.
"""

import hashlib
import shutil
import tempfile
from pathlib import Path

from stoker.app_settings import AppSettings
from stoker_tools.install.errors import InstallError
from stoker_tools.setup import app_root, environment, uv
from stoker_tools.setup.installers import interruptible
from stoker_tools.setup.locks import COMPILE, FUNCTIONS

EXTRAS = ("video", "speech", "analytics")
"""The features with packages of their own. The wheel has an extra of each name."""

OLDEST_PYTHON = "3.11"

CONSTRAINTS = "stoker-constraints.txt"
"""The name of Stoker's own lock file in the comments of `requirements.txt`."""

HEADER = """\
# Made by `stoker update` from requirements.in and stoker.toml. Add the packages of your functions to requirements.in.
# Digest: {digest}
"""


def requirements(settings: AppSettings, own: str, wheel: Path, old: str | None) -> str:
    """Return the text of `requirements.txt`. If its inputs are those of the old text, this is the old text.

    Args:
        settings: The settings of the app.
        own: The text of the app's `requirements.in`.
        wheel: Stoker's wheel.
        old: The text of the app's `requirements.txt`; None if there is none.

    Raises:
        InstallError: uv found no solution, or reached no index.
    """
    extras = [name for name in EXTRAS if settings.has(name)]
    wanted = f"./{wheel.name}[{','.join(extras)}]\n" if extras else f"./{wheel.name}\n"
    constraints = app_root.shipped(FUNCTIONS.file)
    inputs = [wanted, own, hashlib.sha256(wheel.read_bytes()).hexdigest(), constraints.read_text()]
    if old is not None and old == _with_header(inputs, _body(old)):
        return old
    return _with_header(inputs, _resolved(wanted, own, wheel, constraints))


def _with_header(inputs: list[str], body: str) -> str:
    digest = hashlib.sha256("\0".join([*inputs, body]).encode()).hexdigest()[:16]
    return HEADER.format(digest=digest) + body


def _body(text: str) -> str:
    return "".join(text.splitlines(keepends=True)[HEADER.count("\n") :])


def _resolved(wanted: str, own: str, wheel: Path, constraints: Path) -> str:
    environment.prepare([".uv"])
    home = app_root.place(".uv")
    with tempfile.TemporaryDirectory() as directory:
        # uv takes a relative path from the current folder, and writes it as it is. The path of the constraints is in
        # its comments, and must be the same on each machine.
        folder = Path(directory)
        shutil.copy(wheel, folder / wheel.name)
        shutil.copy(constraints, folder / CONSTRAINTS)
        (folder / "stoker.in").write_text(wanted)
        (folder / "requirements.in").write_text(own)
        output = folder / "requirements.txt"
        inputs = ["stoker.in", "requirements.in", "--constraint", CONSTRAINTS, "--python-version", OLDEST_PYTHON]
        command = [str(home / "bin" / "uv"), *COMPILE, *inputs, "--output-file", str(output)]
        with interruptible() as installers:
            done = installers.run(command, cwd=folder, environment=uv.environment(home, sources=False))
        if done.returncode != 0:
            raise InstallError(f"requirements.txt could not be made. The output of uv:\n{done.stdout.strip()}")
        return output.read_text()
