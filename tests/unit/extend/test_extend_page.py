"""The code of docs/extend.md, in a copy of the project: an app's own document, query, callable and achievement."""

import json
import re
import shutil
import subprocess
import sys
from typing import Any

import pytest

from stoker_tools.setup.environment import ROOT

pytestmark = pytest.mark.slow

USE = """
import json, sys
from pathlib import Path

import main
heavy = [name for name in ("pydantic", "google.cloud.storage", "note") if name in sys.modules]

from stoker import config
from stoker.access.callables import callables
from stoker.progress.achievements import achievements
from stoker_tools.generate.files import made_files

print(json.dumps({
    "heavy": heavy,
    "made": {str(path): text for path, text in made_files(Path(sys.argv[1])).items()},
    "trees": config.user_trees(),
    "roles": callables()["pinNote"].roles,
    "achievement": achievements()[-1].title,
    "order": main.NEWEST_NOTES.order,
}))
"""


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All that follows from the code of the page."""
    copy = tmp_path_factory.mktemp("copy")
    ignored = shutil.ignore_patterns("__pycache__", "venv")
    for part in ("functions", "tools", "rules", "clients"):
        shutil.copytree(ROOT / part, copy / part, ignore=ignored)
    page = (ROOT / "docs/extend.md").read_text()
    blocks = re.findall(r"```python\n# (\S+)\n(.*?)```", page, re.DOTALL)
    blocks += re.findall(r"`(functions/stoker\.toml)`, for this function with the line `(.*?)`", page)
    for name, code in blocks:
        file = copy / name
        file.write_text(f"{file.read_text()}\n\n{code}" if file.exists() else code)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", USE, str(copy)],
        cwd=copy / "functions",
        env={"PYTHONPATH": f"{copy}/functions:{copy}/tools", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return {**found, "touched": {name for name, _ in blocks}}


def test_no_file_of_stoker_is_touched(extended: dict[str, Any]) -> None:
    assert extended["touched"] == {"functions/note.py", "functions/main.py", "functions/stoker.toml"}


def test_a_cold_start_imports_nothing_more(extended: dict[str, Any]) -> None:
    assert extended["heavy"] == []


def test_the_document_has_rules_types_and_a_schema(extended: dict[str, Any]) -> None:
    made = extended["made"]
    assert (
        "allow get: if isMissing() || isOwner(resource.data.userId) || hasRole(['admin']);"
        in (made["rules/firestore.rules"].partition("match /notes/{noteId} {")[2])
    )
    assert "export interface Note {" in made["clients/typescript/stoker.d.ts"]
    assert "noteConverter" in made["clients/typescript/converters.ts"]
    assert json.loads(made["clients/json-schema/note.json"])["properties"]["text"]["maxLength"] == 10_000
    assert extended["trees"][-1] == "notes"


def test_the_query_has_an_index(extended: dict[str, Any]) -> None:
    made = json.loads(extended["made"]["firestore.indexes.json"])["indexes"]
    found = [one["fields"] for one in made if one["collectionGroup"] == "notes"]
    assert [[field["fieldPath"] for field in fields] for fields in found] == [["userId", "pinned", "createdAt"]]
    assert extended["order"] == [["createdAt", "DESCENDING"]]


def test_the_function_is_deployed_with_its_rights(extended: dict[str, Any]) -> None:
    assert extended["roles"] == ["admin"]
    assert "  pinNote:\n" in extended["made"]["functions/functions.yaml"]


def test_the_achievement_is_declared(extended: dict[str, Any]) -> None:
    assert extended["achievement"] == "Fifty tasks done"
