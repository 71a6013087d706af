"""An app registers a kind of document: it joins exports and deletions, and has rules, types, schemas and indexes."""

import json
import re
from typing import Any

import pytest

from stoker import config
from stoker.extend.document import document, forget_document
from stoker.own_documents import own_documents
from stoker.queries import declared
from stoker.registry import RegistrationError
from stoker_tools.generate.document_rules import own_document_blocks
from stoker_tools.generate.errors import GenerateError
from stoker_tools.generate.files import document_regions, rules_and_indexes
from stoker_tools.generate.schemas import schemas
from stoker_tools.generate.typescript import converters, declarations
from stoker_tools.rules_lab.budget import excesses

OWNER: dict[str, Any] = {"model": "unit.extend.note:Note", "name": "note"}

CLOSED: dict[str, Any] = {"read": ["nobody"], "create": ["nobody"], "update": ["nobody"], "delete": ["nobody"]}

RULES = """\
// notes, registered by the app. read: owner, admin; create: owner; update: owner; delete: owner, moderator, admin.
match /notes/{noteId} {
  allow get: if isMissing() || isOwner(resource.data.userId) || hasRole(['admin']);
  allow list: if isBounded() && (isOwner(resource.data.userId) || hasRole(['admin']));
  allow create: if isOwner(request.resource.data.userId)
    && request.resource.data.id == noteId
    && noteCreated(request.resource.data)
    && isStaying();
  allow update: if isOwner(resource.data.userId)
    && noteUpdated(request.resource.data, resource.data);
  allow delete: if isOwner(resource.data.userId) || hasRole(['moderator', 'admin']);

  // From unit.extend.note.Note: change it there.
  function noteCreated(note) {
"""


def rules_of(collection: str = "notes", **options: Any) -> str:
    """Return the block of a registered kind."""
    document(collection, **{**OWNER, **options})
    try:
        return own_document_blocks()
    finally:
        forget_document(collection)


def test_its_block_has_the_form_of_those_that_are_written_by_hand() -> None:
    made = rules_of(read=("admin", "owner"), delete=("owner", "admin", "moderator"))
    assert made.startswith(RULES)
    assert "note.diff(before).affectedKeys().hasOnly(['updatedAt', 'text', 'pinned', 'place'])" in made
    assert re.findall(r"function (\w+)", made) == ["noteCreated", "noteUpdated", "noteFits", "placeFits"]


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"read": ["anyone"]}, "allow get: if true;\n  allow list: if isBounded();"),
        ({"read": ["signed-in"]}, "allow get: if signedIn();\n  allow list: if isBounded() && signedIn();"),
        ({"read": "admin"}, "allow get: if hasRole(['admin']);"),
        ({"read": ["owner"], "create": ["nobody"]}, "allow get: if isOwner(resource.data.userId);"),
        ({"create": ["owner", "admin"]}, "create: if (isOwner(request.resource.data.userId) || hasRole(['admin']))\n"),
        ({"update": ["signed-in"]}, "allow update: if signedIn()\n    && noteUpdated("),
        ({"delete": ["signed-in"]}, "allow delete: if signedIn();"),
    ],
)
def test_callers_become_conditions(options: dict[str, Any], line: str) -> None:
    assert line in rules_of(**options)


def test_what_nobody_may_do_has_no_line_and_no_function() -> None:
    made = rules_of(**CLOSED)
    assert made.splitlines()[1:] == ["match /notes/{noteId} {", "}"]
    assert "noteUpdated" not in rules_of(update=["nobody"])
    assert "noteCreated" not in rules_of(create=["nobody"])


def test_a_shared_document_needs_no_owner() -> None:
    made = rules_of(
        model="unit.extend.note:Notice",
        read=["anyone"],
        create=["moderator"],
        update=["moderator"],
        delete=["admin"],
    )
    assert "userId" not in made
    assert "isStaying" not in made
    assert "isMissing" not in made


def test_the_rules_of_the_project_have_it_and_stay_within_the_limits() -> None:
    document("notes", **OWNER)
    made = {str(path): text for path, text in rules_and_indexes().items()}
    assert "    // BEGIN own documents, made by scripts/generate\n    // notes, " in made["rules/firestore.rules"]
    assert excesses(made["rules/firestore.rules"]) == []
    assert "note" not in document_regions()


def test_types_converters_schemas_and_indexes_have_it() -> None:
    document("notes", **OWNER)
    types, conversions = declarations(), converters()
    assert "export interface Note {" in types
    assert "export interface NewNote" in types
    assert "/** For `collection(db, 'notes').withConverter(noteConverter)`. */" in conversions
    assert json.loads(schemas()["note"])["properties"]["text"]["x-written-by"] == "the client, at any time"
    made = {str(path): text for path, text in rules_and_indexes().items()}["firestore.indexes.json"]
    overrides = json.loads(made)["fieldOverrides"]
    assert {"createdAt", "updatedAt", "userId"} & {
        one["fieldPath"] for one in overrides if one["collectionGroup"] == "notes"
    } == {"createdAt", "updatedAt"}
    forget_document("notes")
    assert "Note" not in declarations()
    assert "note" not in schemas()


def test_documents_of_users_are_exported_and_deleted_with_them() -> None:
    before = config.user_trees()
    document("notes", **OWNER)
    document("invoices", model="unit.extend.note:Invoice", name="invoice", **CLOSED)
    document("rates", model="unit.extend.note:Rate", name="rate", **CLOSED)
    assert config.user_trees() == (*before, "notes", "invoices")
    assert {"notes", "invoices"} < {*declared.with_owners()}
    assert "rates" not in declared.with_owners()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"model": "unit.extend.nowhere:Note"}, "can't be imported: No module named 'unit.extend.nowhere'"),
        ({"model": "unit.extend.note:Nothing"}, "can't be imported"),
        ({"model": "unit.extend.note:NoModel"}, "must derive from stoker.Model"),
        ({"model": "unit.extend.note:Notice"}, "Notice has no userId, so it has no owner"),
        ({"model": "unit.extend.note:Transferable"}, "must declare userId as stoker.OwnedDocument does"),
        ({"model": "unit.extend.note:Timeless"}, "must declare createdAt as stoker.OwnedDocument does"),
        ({"model": "unit.extend.note:Invoice"}, "must declare id as stoker.OwnedDocument does"),
        ({"model": "unit.extend.note:Fixed"}, "Fixed gives no field to clients"),
        ({"name": "place"}, "would have the function placeFits twice. Choose another name than place"),
        ({"create": ["signed-in"]}, "anyone could write documents in the name of another user"),
    ],
)
def test_a_model_that_makes_no_safe_rules_is_refused(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(GenerateError) as raised:
        rules_of(**options)
    assert sentence in str(raised.value)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"collection": "no/tes"}, "'no/tes' needs another name"),
        ({"collection": "my-notes"}, "needs another name"),
        ({"collection": 5}, "5 needs another name"),
        ({"collection": "tasks"}, "Stoker itself uses the collection tasks"),
        ({"collection": "completions"}, "Stoker itself uses the collection completions"),
        ({"collection": "departures"}, "Stoker itself uses"),
        ({"model": "note"}, "Name it as module:Class"),
        ({"model": None}, "Name it as module:Class"),
        ({"name": "Note"}, "Begin it with a small letter"),
        ({"name": "note_1"}, "letters and digits only"),
        ({"name": "request"}, "means something else in the rules"),
        ({"name": "task"}, "means something else in the rules"),
        ({"read": ()}, "Name the callers that may do it"),
        ({"read": ["owners"]}, "'owners' is no caller. Use one of owner, moderator, admin"),
        ({"create": ["anyone"]}, "Only signed-in users may write"),
        ({"delete": ["anyone"]}, "Only signed-in users may write"),
        ({"read": ["admin", "admin"]}, "Name each caller once"),
        ({"read": ["owner", "nobody"]}, "nobody excludes owner"),
        ({"read": ["signed-in", "owner"]}, "signed-in includes owner"),
        ({"read": ["anyone", "admin"]}, "anyone includes admin"),
    ],
)
def test_a_wrong_registration_is_refused_at_once(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RegistrationError) as raised:
        document(**{"collection": "notes", **OWNER, **options})
    assert sentence in str(raised.value)
    assert not own_documents()


def test_two_kinds_share_neither_collection_nor_name_nor_model_name() -> None:
    document("notes", **OWNER)
    with pytest.raises(RegistrationError, match="notes are registered twice"):
        document("notes", **{**OWNER, "name": "other"})
    with pytest.raises(RegistrationError, match="have the name note, as other documents have"):
        document("others", **OWNER)
    document("tries", model="unit.extend.note_twin:Note", name="twin")
    with pytest.raises(GenerateError, match="Two models have the name Note"):
        declarations()
