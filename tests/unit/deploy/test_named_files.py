"""The rules and indexes that an app deploys hold what Stoker needs, also if the app has files of its own."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from stoker_tools.deploy.findings import Finding
from stoker_tools.deploy.named_files import index_names, matched, named_findings
from stoker_tools.setup.environment import ROOT

OWN_RULES = "service cloud.firestore {\n  match /databases/{database}/documents {\n    match /notes/{id} {}\n  }\n}\n"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """An app into which Stoker was copied, and which names Stoker's own files."""
    for name in ("firebase.json", "firestore.indexes.json", "rules"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    return tmp_path


def named(app: Path, **services: Any) -> None:
    """Change entries of `firebase.json`; None removes an entry."""
    settings = {**json.loads((app / "firebase.json").read_text()), **services}
    (app / "firebase.json").write_text(json.dumps({name: one for name, one in settings.items() if one is not None}))


def found(app: Path) -> dict[str, Finding]:
    return {one.code: one for one in named_findings(app)}


def test_the_files_of_stoker_itself_lack_nothing(app: Path) -> None:
    assert found(app) == {}
    assert list(named_findings(ROOT)) == []


@pytest.mark.parametrize(
    ("service", "entry", "lines"),
    [
        ("firestore", None, 2),
        ("firestore", {"rules": "rules/firestore.rules"}, 1),
        ("firestore", {"rules": "rules/firestore.rules", "indexes": "gone.json"}, 1),
        ("firestore", [{"database": "other", "rules": "a", "indexes": "b"}], 2),
        ("storage", None, 1),
        ("storage", [{"target": "main"}], 1),
    ],
    ids=str,
)
def test_a_file_that_is_not_named_is_an_error_because_it_is_not_deployed(
    app: Path, service: str, entry: Any, lines: int
) -> None:
    named(app, **{service: entry})
    listed = list(named_findings(app))
    assert [(one.code, one.severity) for one in listed] == [("not-named", "error")] * lines
    assert all(service in one.message and service in one.cure for one in listed)


def test_rules_of_an_app_that_lack_blocks_of_stoker_are_named(app: Path) -> None:
    (app / "firestore.rules").write_text(OWN_RULES)
    named(app, firestore={"rules": "firestore.rules", "indexes": "firestore.indexes.json"})
    finding = found(app)["rules-lacking"]
    assert finding.severity == "warning"
    assert finding.message.startswith("firestore.rules lacks these blocks of rules/firestore.rules")
    assert "/users/{}" in finding.message
    ours = (app / "rules/firestore.rules").read_text()
    (app / "firestore.rules").write_text(ours.replace("{userId}", "{uid}").replace("match /tasks", "match  /tasks"))
    assert found(app) == {}


def test_indexes_of_an_app_that_lack_those_of_stoker_stop_a_deployment(app: Path) -> None:
    ours = json.loads((app / "firestore.indexes.json").read_text())
    mine = {
        "collectionGroup": "notes",
        "queryScope": "COLLECTION",
        "fields": [{"fieldPath": "a", "order": "ASCENDING"}],
    }
    for lacking in ("indexes", "fieldOverrides"):
        theirs = {**ours, lacking: ours[lacking][1:]}
        (app / "mine.json").write_text(json.dumps({**theirs, "indexes": [mine, *theirs["indexes"]]}))
        named(app, firestore={"rules": "rules/firestore.rules", "indexes": "mine.json"})
        assert list(found(app)) == ["indexes-lacking"], lacking
    (app / "mine.json").write_text(json.dumps({**ours, "indexes": [mine, *ours["indexes"]]}))
    assert found(app) == {}


def test_each_index_of_stoker_has_a_name_of_its_own() -> None:
    ours = json.loads((ROOT / "firestore.indexes.json").read_text())
    single = sum(len(one["indexes"] or [None]) + bool(one.get("ttl")) for one in ours["fieldOverrides"])
    assert len(index_names(ours)) == len(ours["indexes"]) + single
    assert len(matched((ROOT / "rules/firestore.rules").read_text())) > 5
