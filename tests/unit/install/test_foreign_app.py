"""An app's whole folder is looked at: the findings name files and lines."""

import json
import time
from pathlib import Path

import pytest

from stoker_tools.install.foreign_app import PlannedInstall, foreign_findings
from stoker_tools.install.foreign_databases import RulesEntry
from unit.install.foreign_apps import CHAT, OWN_PROFILE

NODE = "const { beforeUserCreated } = require('firebase-functions/v2/identity');\nexports.a = beforeUserCreated(f);\n"
STORAGE = "service firebase.storage { match /b/{bucket}/o { match /avatars/{uid} { allow read; } } }"
PLANNED = PlannedInstall("functions-stoker", frozenset({"retryJob", "on_user_created"}))


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """An app with functions in Node.js, rules, indexes and hosting, that Stoker can be installed into."""
    content = {
        "functions": {"source": "functions"},
        "firestore": {"rules": "firestore.rules", "indexes": "firestore.indexes.json"},
        "storage": {"rules": "storage.rules"},
        "hosting": {"public": "public"},
    }
    (tmp_path / "firebase.json").write_text(json.dumps(content, indent=2))
    (tmp_path / "firestore.rules").write_text(CHAT)
    (tmp_path / "storage.rules").write_text(STORAGE)
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "index.js").write_text(NODE)
    return tmp_path


def codes(root: Path, planned: PlannedInstall = PLANNED) -> list[tuple[str, str]]:
    """Return the places and codes of the refusals."""
    return [(one.place, one.code) for one in foreign_findings(root, planned).refusals]


def test_a_harmless_app_is_accepted(app: Path) -> None:
    found = foreign_findings(app, PLANNED)
    assert found.refusals == ()
    assert [(one.place, one.code) for one in found.remarks] == [("functions/index.js:2", "own-blocking-function")]
    assert found.entries == {
        "firestore": RulesEntry(("firestore",), "firestore.rules", "firestore.indexes.json"),
        "storage": RulesEntry(("storage",), "storage.rules"),
    }


def test_an_empty_folder_is_accepted(tmp_path: Path) -> None:
    found = foreign_findings(tmp_path, PLANNED)
    assert found.refusals == ()
    assert {one.code for one in found.remarks} == {"rules-elsewhere"}


def test_a_dangerous_rule_is_refused_with_its_line_and_accepted_with_another_name(app: Path) -> None:
    (app / "firestore.rules").write_text(OWN_PROFILE)
    assert codes(app) == [("firestore.rules:5", "collection-taken")]
    named = PlannedInstall("functions-stoker", PLANNED.functions, names={"users": "stokerUsers"})
    assert codes(app, named) == []


def test_a_blocking_function_is_refused_if_ours_is_wanted(app: Path) -> None:
    wanted = PlannedInstall("functions-stoker", PLANNED.functions, blocking=True)
    assert codes(app, wanted) == [("functions/index.js:2", "event-taken")]


@pytest.mark.parametrize(
    "line",
    [
        "db.collection('tasks').add({});",
        'collection(db, "tasks")',
        "db.doc(`tasks/${id}`)",
        'onDocumentWritten({ document: "tasks/{id}" }, f)',
        "onDocumentWritten('/tasks/{id}', f)",
    ],
)
def test_a_collection_that_only_functions_use_is_named(app: Path, line: str) -> None:
    (app / "functions" / "index.js").write_text(f"\n{line}\n{line}\n")
    found = foreign_findings(app, PLANNED)
    assert [(one.place, one.code) for one in found.remarks] == [("functions/index.js:2", "collection-used")]
    named = PlannedInstall("functions-stoker", names={"tasks": "stokerTasks"})
    assert foreign_findings(app, named).remarks == ()


@pytest.mark.parametrize(
    "line", ["// db.collection('tasks')", "user.collection('tasks2')", "'the tasks'", "doc('a/tasks')"]
)
def test_other_uses_of_the_word_are_not(app: Path, line: str) -> None:
    (app / "functions" / "index.js").write_text(f"{line}\n")
    assert foreign_findings(app, PLANNED).remarks == ()


def test_a_long_file_is_read_in_no_time(app: Path) -> None:
    """Spaces in place of a long comment must not slow the search for imports down."""
    text = f"import 'a'\n/*{'x' * 200_000}*/\n" + "import b\n" * 1000 + NODE
    (app / "functions" / "index.js").write_text(text)
    started = time.process_time()
    assert {one.code for one in foreign_findings(app, PLANNED).remarks} == {"own-blocking-function"}
    assert time.process_time() - started < 2


def test_foreign_packages_and_compiled_code_are_not_read(app: Path) -> None:
    clash = "exports.retryJob = onCall(() => {});"
    for folder in ("node_modules/jobs", "lib", "src", "__tests__", "venv"):
        (app / "functions" / folder).mkdir(parents=True)
        (app / "functions" / folder / "index.js").write_text(clash)
    (app / "functions" / "jobs.test.js").write_text(clash)
    assert codes(app) == [("functions/src/index.js:1", "name-taken")]


def test_compiled_code_counts_if_there_is_no_other(app: Path) -> None:
    (app / "functions" / "lib").mkdir()
    (app / "functions" / "lib" / "index.js").write_text("exports.retryJob = onCall(() => {});")
    assert codes(app) == [("functions/lib/index.js:1", "name-taken")]


def test_our_functions_inside_of_a_codebase_are_not_foreign(app: Path) -> None:
    (app / "functions" / "stoker").mkdir()
    (app / "functions" / "stoker" / "main.py").write_text("@https_fn.on_call()\ndef retryJob(request): ...\n")
    inside = PlannedInstall("functions/stoker", PLANNED.functions)
    assert codes(app, inside) == []
    assert codes(app) == [("functions/stoker/main.py:1", "name-taken")]


def test_the_prefix_of_our_own_entry_tells_functions_apart(app: Path) -> None:
    (app / "functions" / "index.js").write_text("exports.retryJob = onCall(() => {});")
    content = json.loads((app / "firebase.json").read_text())
    ours = {"source": "functions-stoker", "codebase": "stoker", "prefix": "stoker"}
    (app / "firebase.json").write_text(json.dumps({**content, "functions": [content["functions"], ours]}))
    installed = PlannedInstall("functions-stoker", PLANNED.functions, installed=True)
    assert codes(app, installed) == []
    ours["prefix"] = ""
    (app / "firebase.json").write_text(json.dumps({**content, "functions": [content["functions"], ours]}))
    assert codes(app, installed) == [("functions/index.js:1", "name-taken")]


def test_a_file_that_is_too_long_is_named(app: Path) -> None:
    (app / "functions" / "bundle.js").write_text(" " * ((4 << 20) + 1))
    places = [one.place for one in foreign_findings(app, PLANNED).remarks if one.code == "not-looked-at"]
    assert places == ["functions/bundle.js"]


@pytest.mark.parametrize(
    ("file", "content", "expected"),
    [
        ("firebase.json", b'{\n  "functions": [\n}', ("firebase.json:3", "unreadable-settings")),
        ("firebase.json", b"\xff", ("firebase.json", "unreadable-settings")),
        ("firestore.rules", b"\xff", ("firebase.json:6", "rules-missing")),
        ("firestore.rules", b"service cloud.firestore {\n match }", ("firestore.rules:2", "unreadable-rules")),
        ("storage.rules", b"", ("storage.rules", "no-service")),
    ],
)
def test_files_that_are_not_understood_are_refused(
    app: Path, file: str, content: bytes, expected: tuple[str, str]
) -> None:
    (app / file).write_bytes(content)
    assert codes(app) == [expected]


def test_a_file_of_rules_that_does_not_exist_is_refused(app: Path) -> None:
    (app / "storage.rules").unlink()
    assert codes(app) == [("firebase.json:10", "rules-missing")]


def test_without_features_that_need_files_the_bucket_is_not_looked_at(app: Path) -> None:
    (app / "storage.rules").unlink()
    assert codes(app, PlannedInstall("functions-stoker", folders=())) == []


def test_a_target_is_looked_up_in_firebaserc(app: Path) -> None:
    settings = {"firestore": [{"target": "main", "rules": "firestore.rules"}]}
    (app / "firebase.json").write_text(json.dumps(settings))
    planned = PlannedInstall("functions-stoker", database="eu", folders=())
    assert codes(app, planned) == [("firebase.json:1", "target-unknown")]
    targets = {"projects": {"default": "my-app"}, "targets": {"my-app": {"firestore": {"main": ["eu"]}}}}
    (app / ".firebaserc").write_text(json.dumps(targets))
    assert codes(app, planned) == []
