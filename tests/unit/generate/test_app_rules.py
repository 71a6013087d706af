"""Stoker's rules for an app: the same rules under other names, without what is off."""

import re

import pytest

from stoker_tools.generate.app_rules import PREFIX, region
from stoker_tools.generate.files import document_regions
from stoker_tools.generate.inputs import input_functions
from stoker_tools.generate.uploads import upload_function
from stoker_tools.rules_lab.language import Block, parse, tokens
from stoker_tools.setup.environment import ROOT

FIRESTORE = (ROOT / "rules/firestore.rules").read_text()
STORAGE = (ROOT / "rules/storage.rules").read_text()
PARTS = {**document_regions(), "input": input_functions("input")}
UPLOADS = {"uploads": upload_function("isAccepted")}


def whole(content: str, path: str = "/databases/{database}/documents", service: str = "cloud.firestore") -> str:
    """Return a file of rules with nothing but a region."""
    return f"rules_version = '2';\nservice {service} {{ match {path} {{\n{content}\n}} }}"


def paths(content: str) -> list[str]:
    return [block.path for block in parse(whole(content)).walk()][2:]


def functions(block: Block) -> set[str]:
    return {function.name for one in block.walk() for function in one.functions}


def words(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


def without_prefix(text: str) -> str:
    return re.sub(rf"\b{PREFIX}([A-Z])(?=\w*\()", lambda found: found[1].lower(), text)


@pytest.mark.parametrize(
    ("template", "parts", "path", "service"),
    [
        (FIRESTORE, PARTS, "/databases/{database}/documents", "cloud.firestore"),
        (STORAGE, UPLOADS, "/b/{bucket}/o", "firebase.storage"),
    ],
)
def test_an_app_has_the_same_rules(template: str, parts: dict[str, str], path: str, service: str) -> None:
    content = region(template, parts, names={})
    assert words(without_prefix(whole(content, path, service))) == words(template)


def test_no_function_may_clash_with_a_function_of_the_app() -> None:
    declared = functions(parse(whole(region(FIRESTORE, PARTS, names={}))))
    assert declared
    assert all(name.startswith(PREFIX) for name in declared)


def test_only_collections_are_renamed() -> None:
    names = {"tasks": "todoItems", "projects": "lists", "departures": "gone", "users": "people", "completions": "done"}
    content = region(FIRESTORE, PARTS, names=names)
    assert {"/todoItems/{taskId}", "/lists/{projectId}", "/people/{userId}", "/done/{taskId}"} <= {*paths(content)}
    assert not {"/tasks/{taskId}", "/projects/{projectId}", "/users/{userId}"} & {*paths(content)}
    assert "/documents/gone/$(request.auth.uid)" in content
    assert "get(/databases/$(database)/documents/lists/$(task.projectId))" in content
    assert "departures" not in content
    back = {new: old for old, new in names.items()}
    renamed = [back.get(word, word) for word in words(without_prefix(whole(content)))]
    assert renamed == words(FIRESTORE)


def test_the_wildcard_of_the_app_is_used() -> None:
    content = region(FIRESTORE, PARTS, names={}, wildcard="db")
    assert "/databases/$(db)/documents/departures/" in content
    assert "$(database)" not in content


def test_a_collection_that_is_off_has_no_rule_and_no_function() -> None:
    content = region(FIRESTORE, PARTS, names={}, collections={"processingJobs", "adminData"})
    assert paths(content) == ["/processingJobs/{jobId}", "/adminData/{documentId}"]
    assert not re.search(
        r"(?i)task|project\w*\(|users:|completion|event|aggregate", re.sub("(?s)function .*", "", content)
    )
    service = parse(whole(content))
    called = {part.parts[0].text for one in service.expressions() for part in one.walk() if part.kind == "call"}
    assert functions(service) <= called


def test_a_collection_inside_another_goes_with_it() -> None:
    assert paths(region(FIRESTORE, PARTS, names={}, collections={"completions"})) == []
    assert paths(region(FIRESTORE, PARTS, names={}, collections={"users"})) == ["/users/{userId}"]


def test_own_documents_use_stokers_functions() -> None:
    own = "// notes: the owner's.\nmatch /notes/{noteId} {\n  allow get: if isOwner(resource.data.userId);\n}\n"
    content = region(FIRESTORE, PARTS, names={}, collections=set(), own=own)
    assert paths(content) == ["/notes/{noteId}"]
    assert "allow get: if stokerIsOwner(resource.data.userId);" in content
    assert functions(parse(whole(content))) == {"stokerIsOwner", "stokerSignedIn"}
    assert content.splitlines()[-4] == "// notes: the owner's."


def test_own_documents_may_have_a_name_that_stokers_have_given_up() -> None:
    own = "match /tasks/{noteId} {\n  allow get: if isOwner(resource.data.userId);\n}\n"
    content = region(FIRESTORE, PARTS, names={"tasks": "todoItems"}, own=own)
    assert {"/todoItems/{taskId}", "/tasks/{noteId}"} <= {*paths(content)}
    assert "/tasks/{taskId}" not in paths(content)


def test_a_region_has_no_marks_of_other_regions_and_no_indentation() -> None:
    content = region(FIRESTORE, PARTS, names={})
    assert not re.search(r"// (BEGIN|END|From stoker) ", content)
    assert content.startswith("// An account of another tenant")
    assert not re.search(r"(?m)[ \t]+$|\n\n\n", content)
