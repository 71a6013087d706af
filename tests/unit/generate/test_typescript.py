"""The types of new documents, and the defaults, are what the rules ask of a client. `tests/clients` compiles them."""

import re

import pytest

from stoker_tools.generate.typescript import converters, declarations
from stoker_tools.setup.environment import ROOT

NEW = {"task": "Task", "project": "Project", "job": "ProcessingJob", "event": "AnalyticsEvent"}
"""The interfaces of the documents that clients create, by their names in the rules."""


def allowed(name: str) -> set[str]:
    """Return the fields with which the rules let a client create a document."""
    rules = (ROOT / "rules/firestore.rules").read_text()
    [fields] = re.findall(rf"function {name}Created\(\w+\) {{\s+return \w+\.keys\(\)\.hasOnly\(\[([^\]]*)", rules)
    return set(re.findall(r"'(\w+)'", fields))


def declared(name: str) -> tuple[str, str]:
    """Return the fields that a new document has in common with a stored document, and the fields of its own."""
    pattern = rf"interface New{name}\s+extends Pick<{name}, ([^>]*)> {{\n(.*?)\n}}"
    [(same, own)] = re.findall(pattern, declarations(), re.DOTALL)
    return same, own


@pytest.mark.parametrize(("name", "model"), NEW.items())
def test_a_new_document_has_the_fields_that_the_rules_let_a_client_write(name: str, model: str) -> None:
    same, own = declared(model)
    assert {*re.findall(r"'(\w+)'", same), *re.findall(r"^  (\w+)\??:", own, re.MULTILINE)} == allowed(name)


def test_only_documents_that_clients_create_have_such_a_type() -> None:
    assert set(re.findall(r"interface New(\w+)\s+extends", declarations())) == set(NEW.values())


def test_a_new_document_has_the_servers_time_and_the_only_value_that_the_rules_accept() -> None:
    _, own = declared("ProcessingJob")
    assert set(re.findall(r"^  (.*;)$", own, re.MULTILINE)) == {
        "status: 'pending';",
        "createdAt: FieldValue;",
        "cancelRequested?: false;",
        "progress?: 0;",
        "updatedAt?: FieldValue;",
    }


@pytest.mark.parametrize(
    ("name", "pairs"),
    [
        ("processingJob", {"status: 'pending'", "cancelRequested: false", "schemaVersion: 1", "progress: 0"}),
        ("analyticsEvent", {"properties: {}", "rolledUp: false", "schemaVersion: 1"}),
        ("project", {"schemaVersion: 1"}),
        ("completion", set()),
    ],
)
def test_the_defaults_have_the_values_that_a_new_document_needs(name: str, pairs: set[str]) -> None:
    [found] = re.findall(rf"const {name}Defaults = {{(.*?)}} satisfies", converters(), re.DOTALL)
    assert set(re.findall(r"^  (.*),$", found, re.MULTILINE)) == pairs
