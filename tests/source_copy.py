"""A copy of the source that the wheels are built from."""

import shutil
from pathlib import Path

from stoker_tools.setup.app_root import NODE_FILES
from stoker_tools.setup.environment import ROOT

FOLDERS = ("packages", "functions/stoker", "tools", "rules", "monitoring", "clients", "examples")
FILES = ("pyproject.toml", "LICENSE", "functions/requirements.txt", *NODE_FILES)


def source_copy(directory: Path) -> Path:
    """Copy the source into a directory, which is made; return the directory.

    Args:
        directory: The directory.
    """
    for name in FOLDERS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, directory / name, ignore=ignored, copy_function=shutil.copy)
    for name in FILES:
        shutil.copy(ROOT / name, directory / name)
    return directory
