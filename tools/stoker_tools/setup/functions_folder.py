"""The folder of the functions. An app may give it another name than `functions`."""

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stoker_tools.errors import ToolError
from stoker_tools.install.json_text import load
from stoker_tools.setup import app_root

USUAL = "functions"
"""The folder if `firebase.json` names no other."""

FILES = re.compile(r"(?<![\w/.-])functions/(?=(?:\.env|main\.py|stoker\.toml|functions\.yaml|requirements\.)\b)")
"""The folder in the path of a file that Stoker has there."""

CODEBASE = "stoker"
"""The name of Stoker's functions in `firebase.json`."""


def make_importable() -> None:
    """Let this process import the code of the functions: `stoker`, and the app's `main`."""
    sys.path.insert(0, str(functions_folder()))


def functions_folder(root: Path | None = None) -> Path:
    """Return the folder that holds `main.py` of Stoker's functions.

    Args:
        root: The directory of `firebase.json`; by default, the app.
    """
    root = root or app_root.app()
    try:
        configured = load(root / "firebase.json")
    except (FileNotFoundError, ToolError):
        # The commands that need this file report the error. The others go on in the usual folder.
        return root / USUAL
    entry = functions_entry(configured, root)
    return root / (entry["source"] if entry is not None else USUAL)


def with_folder(text: str) -> str:
    """Return a text whose paths of Stoker's files, such as `functions/.env`, have the name of the app's folder.

    Args:
        text: It names no file of the app's other functions.
    """
    if not FILES.search(text):
        return text
    try:
        folder = functions_folder().relative_to(app_root.app()).as_posix()
    except ToolError:  # There is no app, so there is no other name.
        return text
    return FILES.sub(f"{folder}/", text)


def functions_python() -> Path:
    """Return an interpreter that has the packages of the functions: in a checkout, that of the tools has them too."""
    return Path(sys.executable) if app_root.checkout() else functions_folder() / "venv" / "bin" / "python"


def functions_entry(configured: Mapping[str, Any], root: Path) -> Mapping[str, str] | None:
    """Return the entry of `firebase.json` for Stoker's functions; None if there is no such entry.

    It has the codebase `stoker`, or its source holds a `stoker.toml` or the package `stoker`.

    Args:
        configured: The content of `firebase.json`.
        root: Its directory.
    """
    entries = _entries(configured)
    named = [entry for entry in entries if entry.get("codebase") == CODEBASE]
    for entry in named or entries:
        source = root / entry.get("source", USUAL)
        if named or (source / "stoker.toml").is_file() or (source / "stoker").is_dir():
            return {"source": USUAL, **entry}
    return None


def other_entries(configured: Mapping[str, Any], root: Path) -> list[Mapping[str, str]]:
    """Return the entries of `firebase.json` for the app's other functions whose source is a folder of the app.

    Args:
        configured: The content of `firebase.json`.
        root: Its directory.
    """
    ours = functions_entry(configured, root)
    complete = ({"source": USUAL, **entry} for entry in _entries(configured))
    return [entry for entry in complete if entry != ours and (root / entry["source"]).is_dir()]


def _entries(configured: Mapping[str, Any]) -> list[dict[str, Any]]:
    listed = configured.get("functions", [])
    return [listed] if isinstance(listed, dict) else list(listed)
