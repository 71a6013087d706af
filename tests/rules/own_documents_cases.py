"""The documents that an app registers in the tests of the rules, and the requests for them."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rules.case import Case
from rules.collection_cases import changes, creations
from rules.documents import LONG_AGO
from rules.written import Collection
from stoker.extend.document import document, forget_document
from stoker_tools.rules_lab.firestore import Create, Delete, Get, Query, Update
from stoker_tools.rules_lab.values import NOW
from unit.extend.note import Note

OWNER = ("ada", "nameless", "anonymous")
"""Ada, with three tokens that count."""

SIGNED_IN = (*OWNER, "bob", "impostor", "mia", "rex", "eve")
"""Everybody with a token that counts. Eve's account is deleted, but her token is still valid."""

EVERYBODY = (*SIGNED_IN, "nobody", "expired", "tenant", "retired")

TEXT = {"text": "a", "updatedAt": NOW}
"""A change, or the content of a new document."""


@dataclass(frozen=True)
class OwnKind:
    """A registered kind, with the users whose requests must be allowed. They are listed here by hand.

    Attributes:
        collection: The collection.
        model: The model, as `module:Class`.
        name: The name in the rules.
        rights: The callers of the registration, by the right.
        gets: The users who may get Ada's document.
        learns: The users who learn that a document is not there.
        lists: The users who may list all documents.
        lists_own: The users who may list Ada's documents.
        creates: The users who may create a document in Ada's name.
        updates: The users who may change Ada's document.
        deletes: The users who may delete Ada's document.
    """

    collection: str
    model: str
    name: str
    rights: dict[str, tuple[str, ...]]
    gets: tuple[str, ...]
    learns: tuple[str, ...]
    lists: tuple[str, ...]
    lists_own: tuple[str, ...]
    creates: tuple[str, ...]
    updates: tuple[str, ...]
    deletes: tuple[str, ...]

    @property
    def has_owner(self) -> bool:
        """Whether the documents have an owner."""
        return not self.model.endswith("Notice")


def _rights(read: str, create: str, update: str, delete: str) -> dict[str, tuple[str, ...]]:
    named = {"read": read, "create": create, "update": update, "delete": delete}
    return {right: tuple(callers.split()) for right, callers in named.items()}


KINDS = (
    OwnKind(
        collection="notes",
        model="unit.extend.note:Note",
        name="note",
        rights=_rights("owner admin", "owner", "owner", "owner"),
        gets=(*OWNER, "rex"),
        learns=SIGNED_IN,
        lists=("rex",),
        lists_own=(*OWNER, "rex"),
        creates=OWNER,
        updates=OWNER,
        deletes=OWNER,
    ),
    OwnKind(
        collection="drafts",
        model="unit.extend.note:Note",
        name="draft",
        rights=_rights("owner moderator admin", "owner admin", "owner moderator", "moderator admin"),
        gets=(*OWNER, "mia", "rex"),
        learns=SIGNED_IN,
        lists=("mia", "rex"),
        lists_own=(*OWNER, "mia", "rex"),
        creates=(*OWNER, "rex"),
        updates=(*OWNER, "mia"),
        deletes=("mia", "rex"),
    ),
    OwnKind(
        collection="notices",
        model="unit.extend.note:Notice",
        name="notice",
        rights=_rights("anyone", "moderator", "admin", "nobody"),
        gets=EVERYBODY,
        learns=EVERYBODY,
        lists=EVERYBODY,
        lists_own=EVERYBODY,
        creates=("mia",),
        updates=("rex",),
        deletes=(),
    ),
    OwnKind(
        collection="pages",
        model="unit.extend.note:Notice",
        name="page",
        rights=_rights("signed-in", "signed-in", "signed-in", "signed-in"),
        gets=SIGNED_IN,
        learns=SIGNED_IN,
        lists=SIGNED_IN,
        lists_own=SIGNED_IN,
        creates=SIGNED_IN,
        updates=SIGNED_IN,
        deletes=SIGNED_IN,
    ),
    OwnKind(
        collection="invoices",
        model="unit.extend.note:Invoice",
        name="invoice",
        rights=_rights("owner", "nobody", "nobody", "nobody"),
        gets=OWNER,
        learns=(),
        lists=(),
        lists_own=OWNER,
        creates=(),
        updates=(),
        deletes=(),
    ),
)


@contextlib.contextmanager
def registered() -> Iterator[None]:
    """Register all kinds, and remove them at the end."""
    try:
        for kind in KINDS:
            document(kind.collection, model=kind.model, name=kind.name, **kind.rights)
        yield
    finally:
        for kind in KINDS:
            forget_document(kind.collection)


def own_documents() -> dict[str, dict[str, Any]]:
    """Return the documents that are there, by their paths."""
    found = {}
    for kind in KINDS:
        for name, uid in (("adas", "ada"), ("bobs", "bob")):
            fields = {"id": name, "text": "old", "createdAt": LONG_AGO, "updatedAt": LONG_AGO}
            if kind.collection == "invoices":
                fields = {"cents": 5}
            found[f"{kind.collection}/{name}"] = fields | ({"userId": uid} if kind.has_owner else {})
    return found


def own_cases() -> list[Case]:
    """Every request for documents of the app, with the expected decision."""
    least = {"id": "new", "userId": "ada", "createdAt": NOW, "updatedAt": NOW, "text": "a"}
    most = {"text": "a" * 1000, "kind": "k" * 20, "pinned": True, "place": {"town": "t" * 100}, "schemaVersion": 1}
    notes = Collection("notes", Note, least, most, "adas", {"text": "b", "updatedAt": NOW})
    return [*creations(notes), *changes(notes), *_places(), *(case for kind in KINDS for case in _of(kind))]


def _places() -> Iterator[Case]:
    """Yield attacks on the map inside a note."""
    for place in ({}, {"town": "t", "ghost": 1}, {"town": 5}, {"town": "t" * 101}, {"ghost": 1}, "town", ["town"]):
        yield Case("notes update", "place town ghost", "ada", Update("notes/adas", {**TEXT, "place": place}))


def _of(kind: OwnKind) -> Iterator[Case]:
    name = kind.collection
    path = f"{name}/adas"
    own = {"userId": "ada"} if kind.has_owner else {"text": "old"}
    new = {"id": "made", "createdAt": NOW, **TEXT} | ({"userId": "ada"} if kind.has_owner else {})
    for who in EVERYBODY:
        yield Case(f"{name} get", "what is Ada's", who, Get(path), who in kind.gets)
        yield Case(f"{name} get", "what is not there", who, Get(f"{name}/none"), who in kind.learns)
        yield Case(f"{name} get", "what is below", who, Get(f"{path}/{name}/inner"))
        yield Case(f"{name} list", "100 of Ada's", who, Query(name, 100, own), who in kind.lists_own)
        yield Case(f"{name} list", "100 of anyone's", who, Query(name, 100), who in kind.lists)
        yield Case(f"{name} list", "101 of Ada's", who, Query(name, 101, own))
        yield Case(f"{name} list", "Ada's without a limit", who, Query(name, None, own))
        yield Case(f"{name} list", "a collection group", who, Query(name, 10, own, group=True))
        yield Case(f"{name} create", "in Ada's name", who, Create(f"{name}/made", new), who in kind.creates)
        yield Case(f"{name} create", "another id", who, Create(f"{name}/other", new))
        yield Case(f"{name} create", "a ghost field", who, Create(f"{name}/made", {**new, "ghost": 1}))
        yield Case(f"{name} create", "a forged time", who, Create(f"{name}/made", {**new, "createdAt": LONG_AGO}))
        yield Case(f"{name} update", "the text", who, Update(path, TEXT), who in kind.updates)
        yield Case(f"{name} update", "without the time", who, Update(path, {"text": "a"}))
        yield Case(f"{name} update", "another owner", who, Update(path, {**TEXT, "userId": "bob"}))
        yield Case(f"{name} update", "a ghost field", who, Update(path, {**TEXT, "ghost": 1}))
        yield Case(f"{name} update", "a wrong type", who, Update(path, {**TEXT, "text": 5}))
        yield Case(f"{name} update", "what is not there", who, Update(f"{name}/none", TEXT))
        yield Case(f"{name} delete", "what is Ada's", who, Delete(path), who in kind.deletes)
    if kind.has_owner:
        of_eve = Create(f"{name}/made", {**new, "userId": "eve"})
        yield Case(f"{name} create", "of an account that is being deleted", "eve", of_eve)
        yield Case(f"{name} update", "another one's", "ada", Update(f"{name}/bobs", TEXT))
        yield Case(f"{name} get", "another one's", "ada", Get(f"{name}/bobs"))
