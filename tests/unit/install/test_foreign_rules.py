"""An app's rules that leave Stoker's paths alone are accepted. Others are refused, with the line and the way out."""

import pytest

from stoker.app_settings import COLLECTIONS
from stoker_tools.install.foreign_paths import firestore_paths, storage_paths
from stoker_tools.install.foreign_refusals import Refusal, Remark, as_text
from stoker_tools.install.foreign_rules import FIRESTORE, STORAGE, rules_refusals
from stoker_tools.setup.environment import ROOT
from unit.install.foreign_apps import (
    APPS,
    EVERYTHING_OF_A_USER,
    FILE_APPS,
    GROUP,
    OWN_PROFILE,
    TEST_MODE,
    TODO,
    ForeignApp,
    firestore,
)


def refusals(rules: str, **names: str) -> list[Refusal]:
    """Return the refusals of rules of Firestore."""
    found = rules_refusals(rules, "firestore.rules", FIRESTORE, firestore_paths(names))
    assert not [one for one in found if isinstance(one, Remark)]
    return [one for one in found if isinstance(one, Refusal)]


def of_storage(body: str) -> list[Refusal | Remark]:
    """Return what is found in rules of Storage."""
    rules = f"rules_version = '2';\nservice firebase.storage {{ match /b/{{bucket}}/o {{\n{body}\n}} }}"
    return rules_refusals(rules, "storage.rules", STORAGE, storage_paths())


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_every_app_is_judged_as_it_must_be(app: ForeignApp) -> None:
    found = refusals(app.rules)
    assert [one.code for one in found] == [code for code, _ in app.refused]
    for one, (_, text) in zip(found, app.refused, strict=True):
        assert text in app.rules.splitlines()[one.line - 1]
        assert text in one.sentence


@pytest.mark.parametrize("app", FILE_APPS, ids=lambda app: app.name)
def test_the_files_of_every_app_are_judged_as_they_must_be(app: ForeignApp) -> None:
    found = rules_refusals(app.rules, "storage.rules", STORAGE, storage_paths())
    refused = [one for one in found if isinstance(one, Refusal)]
    assert [one.code for one in refused] == [code for code, _ in app.refused]
    assert all(text in one.sentence for one, (_, text) in zip(refused, app.refused, strict=True))


def test_a_refusal_says_where_and_what_to_do() -> None:
    text = as_text(refusals(OWN_PROFILE))
    assert text.startswith("firestore.rules:5: `match /users/{userId}` (allow read: if request.auth != null; ")
    assert 'users = "stokerUsers"' in text


@pytest.mark.parametrize(
    ("rules", "default", "name"),
    [
        (OWN_PROFILE, "users", "stokerUsers"),
        (EVERYTHING_OF_A_USER, "users", "stokerUsers"),
        (TODO, "tasks", "stokerTasks"),
        (GROUP, "tasks", "stokerTasks"),
    ],
)
def test_the_name_in_the_cure_is_a_way_out(rules: str, default: str, name: str) -> None:
    [refused] = refusals(rules)
    assert f'{default} = "{name}"' in refused.cure
    assert refusals(rules, **{default: name}) == []


WIDE = (
    "match /{document=**} { allow read, write: if request.time < timestamp.date(2100, 1, 1); }",
    "match /{document=**} { allow read; allow write: if request.auth != null; }",
    "match /{c}/{d} { allow read: if request.auth != null || c == 'notes'; }",
    "match /users/{uid}/{sub}/{id} { allow read; }",
    "match /{a}/{b}/{rest=**} { allow read; }",
    "match /{a}/{b}/{c}/{d} { allow read; }",
)
OLD, NEW = "", "rules_version = '2';"


@pytest.mark.parametrize(
    ("body", "version"),
    [*((body, version) for body in WIDE for version in (OLD, NEW)), ("match /{c=**}/{id} { allow read; }", NEW)],
)
def test_the_narrowed_block_in_the_cure_is_a_way_out(body: str, version: str) -> None:
    [refused] = refusals(firestore(body, version))
    example = refused.cure[refused.cure.index("match ") :]
    assert refusals(firestore(example, version)) == []


@pytest.mark.parametrize(
    "condition",
    [
        r"collection == 'ta\x73ks'",
        "collection in ['notes', name()]",
        "!(!isStaff())",
        "collection != name()",
        "collection == 'notes' == true",
        "!collection in ['notes']",
        "collection in names",
        "string(collection) == 'notes'",
        "collection != 'tasks' in ['tasks']",
        "{'notes': true}[collection]",
        "request.auth != null ? collection == 'notes' : true",
        "id == 'notes'",
    ],
)
def test_a_condition_that_is_not_understood_counts_as_one_that_may_be_true(condition: str) -> None:
    rules = firestore(f"match /{{collection}}/{{id}} {{ allow read: if {condition}; }}")
    assert [one.code for one in refusals(rules)] == ["wider-rights"]


@pytest.mark.parametrize("name", ["request", "resource"])
def test_a_wildcard_with_a_name_of_the_language_is_not_known(name: str) -> None:
    rules = firestore(f"match /{{{name}}}/{{id}} {{ allow read: if {name} == 'notes'; }}")
    assert [one.code for one in refusals(rules)] == ["wider-rights"]


@pytest.mark.parametrize(
    "condition",
    [
        "false",
        "(false)",
        "collection == 'notes'",
        "'notes' == collection && request.auth != null",
        "request.auth != null && (collection in ['notes', 'posts'])",
        "collection == 'notes' || (collection == 'posts' && id != 'x')",
        "collection != 'notes' ? false : request.auth != null",
        "request.auth != null ? collection == 'notes' : collection == \"posts\" // or not",
    ],
)
def test_a_condition_that_names_collections_of_the_app_is_understood(condition: str) -> None:
    assert refusals(firestore(f"match /{{collection}}/{{id}} {{ allow read: if {condition}\n; }}")) == []


def test_the_narrowed_block_keeps_the_condition() -> None:
    [refused] = refusals(TEST_MODE)
    assert "&& (request.time < timestamp.date(2100, 1, 1));" in refused.cure


def test_a_collection_of_a_feature_that_is_off_is_free() -> None:
    rules = firestore("match /analyticsEvents/{id} { allow read; }")
    assert rules_refusals(rules, "f", FIRESTORE, firestore_paths(collections=["users", "tasks"])) == []


def test_a_collection_that_the_app_declares_for_stoker_is_guarded() -> None:
    rules = firestore("match /notes/{id} { allow read; }")
    [refused] = rules_refusals(rules, "f", FIRESTORE, firestore_paths(own=["notes"]))
    assert isinstance(refused, Refusal)
    assert refused.code == "collection-taken"
    assert "stoker.document" in refused.cure


def test_a_function_may_not_have_the_name_of_one_of_ours() -> None:
    rules = firestore("function stokerIsAdmin() { return true; }\nmatch /notes/{id} { allow read; }")
    [refused] = rules_refusals(rules, "firestore.rules", FIRESTORE, firestore_paths(), {"stokerIsAdmin"})
    assert (refused.code, refused.line) == ("rules-function-taken", 4)


REGION = """
    // BEGIN stoker, made by stoker install
    function stokerIsOwner(uid) { return request.auth.uid == uid; }
    match /users/{uid} { allow get: if stokerIsOwner(uid); }
    // END stoker
    match /notes/{id} { allow read; }
"""


def test_our_own_region_is_left_out() -> None:
    found = rules_refusals(firestore(REGION), "f", FIRESTORE, firestore_paths(), {"stokerIsOwner"})
    assert found == []


@pytest.mark.parametrize(
    "region",
    [
        REGION.replace("// END stoker", ""),
        REGION.replace("// BEGIN stoker", "// END stoker"),
        REGION + REGION,
        REGION.replace("// END stoker\n", "").replace("{ allow read; }", "{ // END stoker\n allow read; }"),
        REGION.replace("// END stoker", "/* // END stoker */"),
    ],
)
def test_a_broken_region_is_refused(region: str) -> None:
    assert [one.code for one in refusals(firestore(region))] == ["unreadable-rules"]


def test_an_inner_wildcard_hides_an_outer_one_of_the_same_name() -> None:
    rules = firestore("match /{c}/{d} { match /{e}/{c} { allow read: if c != 'users'; } }")
    assert [one.code for one in refusals(rules)] == ["wider-rights"]


def test_a_field_may_have_the_name_of_a_statement() -> None:
    condition = "resource.data.match == 'allow' && exists(/databases/$(database)/documents/match/allow) && id == /allow"
    assert refusals(firestore(f"match /notes/{{id}} {{ allow read: if {condition}; }}")) == []


def test_a_block_in_a_comment_or_a_string_is_no_block() -> None:
    hidden = "match /users/{uid} { allow write; }"
    body = f"// {hidden}\n/* {hidden}\n{hidden} */\nmatch /notes/{{id}} {{ allow read: if id != '{hidden}'; }}"
    assert refusals(firestore(body)) == []


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("match /notes/{id} {\n allow read: if 'open;\n }", 5),
        ("match /notes/{id} {\n allow look: if true; }", 5),
        ("match /notes/{id} { allow read: if true; }\n /* open", 5),
        ("match /notes/** { allow read: if true; }", 4),
        ("match notes/{id} { allow read: if true; }", 4),
        ("match /notes/{id} { allow read: true; }", 4),
        ("match /notes/{id} { allow read: if (true; }", 4),
        ("match /it's/{id} { allow read; }\nmatch /users/{uid} { allow write; // '\n }", 4),
        ("match /a/{b} { allow read: if b != /a/it's; } match /users/{u} { allow write; // '\n }", 4),
        ("match /a/{b} { allow read: if b != /a/ it's; } match /users/{u} { allow write; // '\n }", 4),
        ("match /a/{b} { allow read: if b != /a/ 's; } match /users/{u} { allow write; // '\n }", 4),
        ("match /a/{b} { allow read: if b != /a/b-'s; } match /users/{u} { allow write; // '\n }", 4),
        ("match /a/{b} { allow read; } } } service cloud.firestore { match /a/{b} { match /c/{d} { }", 4),
        ("match /notes/{id} { allow read: if `a` == 'a'; }", 4),
        ("import 'users.rules'", 4),
        ("match /notes/{id} { allow read: if " + "(" * 3000 + "true" + ")" * 3000 + "; }", 4),
    ],
)
def test_what_is_not_understood_is_refused(body: str, line: int) -> None:
    [refused] = refusals(firestore(body))
    assert refused.code == "unreadable-rules"
    assert refused.line == line
    assert refused.cure


def test_rules_of_another_service_have_no_place_for_ours() -> None:
    [refused] = refusals("service firebase.storage { match /b/{bucket}/o/{path=**} { allow read; } }")
    assert refused.code == "no-service"


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ("match /avatars/{uid}/{file} { allow read; allow write: if request.auth.uid == uid; }", []),
        ("match /{path=**} { allow read, write: if false; }", []),
        ("match /{path=**} { allow read, write: if request.auth != null; }", ["wider-rights"]),
        ("match /{folder}/{path=**} { allow read: if folder == 'avatars'; }", []),
        ("match /{folder}/{file} { allow read: if folder == 'public' && request.auth != null; }", []),
        ("match /{folder}/{file} { allow write: if folder == 'public' && request.auth != null; }", ["wider-rights"]),
        ("match /{a}/{b}/{c}/{d}/{e} { allow create: if request.auth != null; }", ["wider-rights"]),
        ("match /{file} { allow get, write: if request.auth != null; }", []),
        ("match /{file} { allow list: if request.auth != null; }", ["wider-rights"]),
        ("match /{folder}/{file} { allow create: if request.auth != null; }", ["wider-rights"]),
        ("allow list: if request.auth != null;", ["wider-rights"]),
        ("allow get, write: if request.auth != null;", []),
        ("match /user-uploads/{uid}/{file} { allow read: if request.auth.uid == uid; }", ["folder-taken"]),
        ("match /public/{path=**} { allow read; }", ["folder-shared"]),
        ("match /public/{path=**} { allow read: if true; allow write: if false; }", ["folder-shared"]),
        ("match /public/{path=**} { allow read: if request.auth != null; }", ["folder-taken"]),
        ("match /public/{path=**} { allow write: if request.auth != null; }", ["folder-taken"]),
    ],
)
def test_files_are_judged_as_documents_are(body: str, codes: list[str]) -> None:
    assert [one.code for one in of_storage(body)] == codes


def test_the_narrowed_block_for_files_is_a_way_out() -> None:
    [refused] = of_storage("match /{path=**} { allow read, write: if request.auth != null; }")
    assert isinstance(refused, Refusal)
    assert of_storage(refused.cure[refused.cure.index("match ") :]) == []


def test_the_list_of_a_folder_has_a_way_out_of_its_own() -> None:
    [refused] = of_storage("match /{file} { allow read: if request.auth != null; }")
    assert isinstance(refused, Refusal)
    assert "get in place of read" in refused.cure


def test_our_own_rules_without_a_region_are_refused_block_by_block() -> None:
    blocks = [one for one in refusals((ROOT / "rules/firestore.rules").read_text()) if one.code == "collection-taken"]
    assert len(blocks) == 8
    assert all("copied from Stoker's rules" in one.cure for one in blocks)


def test_every_collection_of_stoker_is_guarded() -> None:
    for collection in COLLECTIONS:
        for path in (f"/{collection}/{{id}}", f"/users/{{uid}}/{collection}/{{id}}"):
            rules = firestore(f"match {path} {{ allow read; }}")
            is_ours = (collection == "completions") == path.startswith("/users/{uid}/")
            assert bool(refusals(rules)) == is_ours, path
