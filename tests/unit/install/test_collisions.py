"""The parts of an app that collide with Stoker's, from the app's own files."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stoker.extend.document import document, forget_document
from stoker_tools.install.collisions import collisions, planned
from stoker_tools.install.wish import Wished
from unit.install.example_app import wish

RULES = """\
rules_version = '2';
service cloud.firestore {
  match /databases/{database}/documents {
    %s
  }
}
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    (tmp_path / "firebase.json").write_text('{ "firestore": { "rules": "firestore.rules" } }')
    (tmp_path / wish().folder).mkdir()
    return tmp_path


@pytest.fixture
def notes() -> Iterator[None]:
    document("notes", model="note:Note", name="note")
    yield
    forget_document("notes")


def codes(app: Path, rules: str) -> list[str]:
    (app / "firestore.rules").write_text(RULES % rules)
    whole: Wished = wish()
    return [one.code for one in collisions(app, whole, installed=False).refusals if one.file == "firestore.rules"]


@pytest.mark.usefixtures("notes")
def test_the_apps_own_documents_are_guarded_too(app: Path) -> None:
    assert codes(app, "match /notes/{id} { allow read, write: if true; }") == ["collection-taken"]
    assert codes(app, "match /pages/{id} { allow read, write: if true; }") == []


@pytest.mark.parametrize(("begin", "end"), [("//BEGIN stoker", "//END stoker"), ("//  BEGIN stoker", "//  END stoker")])
def test_marks_in_another_form_hide_nothing(app: Path, begin: str, end: str) -> None:
    open_block = "match /{document=**} { allow read, write: if true; }"
    assert "wider-rights" in codes(app, f"{begin}\n    {open_block}\n    {end}")


@pytest.mark.parametrize(("file", "blocks"), [(".env", True), (".env.acme-prod", True), ("env", False)])
def test_blocking_functions_are_wished_for_if_one_project_wishes_for_them(app: Path, file: str, blocks: bool) -> None:
    (app / wish().folder / file).write_text("STOKER_BLOCKING=true\n")
    assert planned(app, wish(), installed=False).blocking == blocks


def test_a_broken_link_among_the_sources_is_no_source(app: Path) -> None:
    (app / "firebase.json").write_text('{ "functions": { "source": "api" } }')
    (app / "api").mkdir()
    (app / "api" / "gone.js").symlink_to("nowhere.js")
    (app / "api" / "index.js").write_text("exports.retryJob = onCall(() => 1);\n")
    found = collisions(app, wish(), installed=False).refusals
    assert [one.code for one in found if one.file.startswith("api/")] == ["name-taken"]
