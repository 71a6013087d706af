"""The root of the documents, into which Stoker's region goes, is found."""

import pytest

from stoker_tools.generate.app_rules import region
from stoker_tools.generate.files import document_regions
from stoker_tools.generate.inputs import input_functions
from stoker_tools.install.foreign_region import blocks_at, functions_of, region_of
from stoker_tools.install.foreign_scanner import scan
from stoker_tools.setup.environment import ROOT as CHECKOUT
from unit.install.foreign_apps import firestore

ROOT = ("databases", "(default)", "documents")


@pytest.mark.parametrize(
    ("body", "heads"),
    [
        ("match /databases/{database}/documents { match /a/{b} {} }", ["match /databases/{database}/documents"]),
        ("match /databases/{db} { match /documents { match /a/{b} {} } }", ["match /documents"]),
        ("match /databases/(default)/documents { match /a/{b} {} }", ["match /databases/(default)/documents"]),
        ("match /databases/eu/documents { match /a/{b} {} }", []),
        ("match /{any=**} { allow read; }", []),
        ("match /databases/{db}/documents/a/{b} { allow read; }", []),
    ],
)
def test_the_root_of_the_documents_is_found(body: str, heads: list[str]) -> None:
    text = f"rules_version = '2'; service cloud.firestore {{ {body} }}"
    rules = scan(text)
    found = blocks_at(rules.services["cloud.firestore"], ROOT, rules.version)
    assert [one.text for one in found] == heads
    assert all(text[one.opened - 1] + text[one.closed] == "{}" for one in found)


def test_the_region_is_found_with_its_marks() -> None:
    text = firestore("// BEGIN stoker, made by stoker install\nmatch /a/{b} { allow read; }\n// END stoker\n")
    found = region_of(scan(text), text)
    assert found
    assert text[slice(*found)].splitlines()[0] == "// BEGIN stoker, made by stoker install"
    assert text[slice(*found)].splitlines()[-1] == "// END stoker"


@pytest.mark.parametrize("comment", ["// BEGIN stokers", "// the BEGIN stoker", "/* // BEGIN stoker */"])
def test_other_comments_are_no_marks(comment: str) -> None:
    text = firestore(f"match /a/{{b}} {{ allow read; {comment}\n }}")
    assert region_of(scan(text), text) is None


def test_the_functions_of_the_rendered_region_have_names_of_their_own() -> None:
    parts = {**document_regions(), "input": input_functions("input")}
    declared = functions_of(region((CHECKOUT / "rules/firestore.rules").read_text(), parts, names={}))
    assert {"stokerSignedIn", "stokerIsOwner", "stokerHasRole"} <= declared
    assert all(name.startswith("stoker") for name in declared)
