"""The Pythons of this machine: those on PATH, and those that pyenv or uv has installed elsewhere."""

import glob
import os
import shutil
import subprocess
from pathlib import Path

MANAGED = (
    "$PYENV_ROOT/versions/{version}.*/bin/python{version}",
    "~/.pyenv/versions/{version}.*/bin/python{version}",
    "$UV_PYTHON_INSTALL_DIR/cpython-{version}.*/bin/python{version}",
    "~/.local/share/uv/python/cpython-{version}.*/bin/python{version}",
)
"""The paths at which pyenv (https://github.com/pyenv/pyenv#environment-variables) and uv
(https://docs.astral.sh/uv/reference/storage/#python-versions) keep Pythons."""

SHOWS = "import sys, venv; print(sys.executable); print('%d.%d' % sys.version_info[:2])"


def find(version: str) -> Path | None:
    """Return the interpreter of a version, or None if this machine has none that runs.

    Args:
        version: Major and minor, such as 3.13.
    """
    # A variable that is not set stays in the path as it is, and no file has such a path.
    paths = [os.path.expandvars(os.path.expanduser(pattern.format(version=version))) for pattern in MANAGED]
    candidates = [shutil.which(f"python{version}"), *(found for path in paths for found in sorted(glob.glob(path)))]
    for candidate in filter(None, candidates):
        # A version manager may put a command on PATH that fails in most directories. So each candidate is run.
        done = subprocess.run([candidate, "-c", SHOWS], capture_output=True, text=True, check=False)
        if done.returncode == 0 and done.stdout.split("\n")[1] == version:
            return Path(done.stdout.split("\n")[0])
    return None
