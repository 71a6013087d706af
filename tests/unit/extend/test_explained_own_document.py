"""`stoker explain` knows an app's own documents."""

from datetime import UTC, datetime
from typing import Any

import pytest

from stoker.extend.document import document
from stoker_tools.explain.explanation import ACCOUNT, Write, explained
from stoker_tools.rules_lab.values import NOW

OLD = {
    "id": "a",
    "text": "old",
    "createdAt": datetime(2026, 1, 1, tzinfo=UTC),
    "updatedAt": datetime(2026, 1, 1, tzinfo=UTC),
}
NEW = {"id": "a", "text": "new", "createdAt": NOW, "updatedAt": NOW}


def test_the_owners_document_is_explained() -> None:
    document("notes", model="unit.extend.note:Note", name="note")
    fine = explained(Write("notes", "a", "ada", {**NEW, "userId": "ada"}))
    assert (fine.refused, fine.unseen) == ([], [ACCOUNT])
    [foreign] = explained(Write("notes", "a", "ada", {**NEW, "userId": "bob"})).refused
    assert foreign.startswith("userId: must be the uid of the user who has signed in")
    [other] = explained(Write("notes", "a", "ada", {"text": "b", "updatedAt": NOW}, {**OLD, "userId": "bob"})).refused
    assert other.startswith("userId: the document must belong to 'ada'")


@pytest.mark.parametrize(
    ("rights", "before", "reasons"),
    [
        ({"create": ["admin"]}, None, ["only a user with the role 'admin' may create documents of 'notices'"]),
        ({"update": ["nobody"]}, OLD, ["no client may update documents of 'notices'"]),
        ({}, None, []),
        ({}, OLD, []),
    ],
)
def test_a_shared_document_is_explained(rights: dict[str, Any], before: Any, reasons: list[str]) -> None:
    everybody = {right: ["signed-in"] for right in ("read", "create", "update", "delete")}
    document("notices", model="unit.extend.note:Notice", name="notice", **{**everybody, **rights})
    fields = NEW if before is None else {"text": "new", "updatedAt": NOW}
    found = explained(Write("notices", "a", "ada", fields, before))
    assert (found.refused, found.unseen) == (reasons, [])
