"""The folder of the functions. An app may give it another name than `functions`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stoker_tools.setup.environment import ROOT

USUAL = "functions"
"""The folder if `firebase.json` names no other."""


def functions_folder(root: Path = ROOT) -> Path:
    """Return the folder that holds `main.py` and the package `stoker`.

    Args:
        root: The directory of `firebase.json`.
    """
    try:
        configured = json.loads((root / "firebase.json").read_text())
    except (FileNotFoundError, ValueError):
        # The commands that need this file report the error. The others go on in the usual folder.
        return root / USUAL
    entry = functions_entry(configured, root)
    return root / (entry["source"] if entry is not None else USUAL)


def functions_entry(configured: Mapping[str, Any], root: Path) -> Mapping[str, str] | None:
    """Return the entry of `firebase.json` whose source holds the package `stoker`; None if there is no such entry.

    Args:
        configured: The content of `firebase.json`.
        root: Its directory.
    """
    entries = configured.get("functions", [])
    for entry in [entries] if isinstance(entries, dict) else entries:
        if (root / entry.get("source", USUAL) / "stoker").is_dir():
            return {"source": USUAL, **entry}
    return None
