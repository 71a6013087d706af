"""Cases for every collection, made from its model field by field."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from rules.bad_values import Bad, bad_values
from rules.case import SIGNED_IN, STAFF, STRANGERS, Case
from rules.good_values import good_values
from rules.written import Collection
from stoker.models.writers import ChangesOnlyTo, InitialValue, TimeWindow, Transitions, Writer
from stoker_tools.generate.fields import DocumentField
from stoker_tools.rules_lab.firestore import Create, Delete, Get, Query, Update
from stoker_tools.rules_lab.values import NOW

WRITTEN_TIMES = (Writer.CREATION_TIME, Writer.WRITE_TIME)

NOT_FOUND = ("tasks", "projects", "processingJobs")
"""Collections in which a signed-in user learns that a document does not exist."""


def collection_cases(collection: Collection) -> Iterator[Case]:
    """Every attack on a collection, and every way into it."""
    yield from creations(collection)
    yield from changes(collection)
    yield from _deletions(collection)
    yield from _readings(collection)


def creations(collection: Collection) -> Iterator[Case]:
    """Every attack on the creation of a document, and every way to create it."""
    group = f"{collection.name} create"
    path = f"{collection.name}/new"
    schema = collection.schema()
    least = collection.least
    if not least:
        for who in ("ada", *STRANGERS):
            fields = {"id": "new", "userId": "new", "role": "admin", "createdAt": NOW, "updatedAt": NOW}
            yield Case(group, "a document that functions make", who, Create(path, fields))
        return
    yield Case(group, "the least", "ada", Create(path, least), allowed=True)
    yield Case(group, "the most", "ada", Create(path, least | collection.most), allowed=True)
    yield Case(group, "a token without an end", "nameless", Create(path, least), allowed=True)
    for name, value in collection.most.items():
        yield Case(group, f"{name} alone", "ada", Create(path, least | {name: value}), allowed=True)
    for who in STRANGERS:
        yield Case(group, "in Ada's name", who, Create(path, least))
    for who in ("slash", "long"):
        uid = {"slash": "a/da", "long": "a" * 129}[who]
        yield Case(group, "an owner that is no name for a folder", who, Create(path, least | {"userId": uid}))
    longest = Create(path, least | {"userId": "a" * 128})
    yield Case(group, "an owner with the longest uid", "longest", longest, allowed=True)
    yield Case(group, "in another one's name", "ada", Create(path, least | {"userId": "bob"}))
    yield Case(group, "another id", "ada", Create(path, least | {"id": "another"}))
    for name in ("a.b", "a b", "ü", "a" * 129, "a\nb"):
        yield Case(group, f"the id {name[:20]!r}", "ada", Create(f"{collection.name}/{name}", least | {"id": name}))
    for ghost in ("ghost", "isAdmin", "admin", "role", "__proto", "createdBy"):
        yield Case(group, f"a ghost field {ghost}", "ada", Create(path, least | {ghost: "admin"}))
    for name in least:
        missing = {key: value for key, value in least.items() if key != name}
        yield Case(group, f"{name} is missing", "ada", Create(path, missing))
    for item in collection.fields():
        for value in _good(item, schema):
            request = Create(path, least | {item.name: value})
            yield Case(group, f"{item.name} is {repr(value)[:30]}", "ada", request, allowed=True)
        for label, value in _bad(item, schema):
            yield Case(group, f"{item.name} is {label}", "ada", Create(path, least | {item.name: value}))


def changes(collection: Collection) -> Iterator[Case]:
    """Every attack on the fields of a document that is there, and every change that is allowed."""
    group = f"{collection.name} update"
    path = f"{collection.name}/{collection.present}"
    schema = collection.schema()
    change = collection.change
    fields = collection.fields()
    if not change:
        for who in ("ada", *STRANGERS):
            yield Case(group, "what only grows", who, Update(path, {"value": 1}))
        return
    yield Case(group, "what may be changed", "ada", Update(path, change), allowed=True)
    for who in STRANGERS:
        yield Case(group, "what is Ada's", who, Update(path, change))
    yield Case(group, "a document that is not there", "ada", Update(f"{collection.name}/none", change))
    yield Case(group, "owner transfer", "ada", Update(path, change | {"userId": "bob"}))
    yield Case(group, "another one's document", "ada", Update(f"{collection.name}/bobs", change))
    yield Case(
        group, "taking another one's document", "ada", Update(f"{collection.name}/bobs", change | {"userId": "ada"})
    )
    for ghost in ("ghost", "isAdmin", "admin", "__proto"):
        yield Case(group, f"a ghost field {ghost}", "ada", Update(path, change | {ghost: True}))
    for name, value in change.items():
        if value is NOW:
            unchanged = {key: other for key, other in change.items() if key != name}
            yield Case(group, f"{name} is left as it is", "ada", Update(path, unchanged))
            for label, time in _forged():
                yield Case(group, f"{name} is {label}", "ada", Update(path, change | {name: time}))
    for item in fields:
        for value in _good(item, schema) if item.writer is Writer.CLIENT and not item.statement(Transitions) else ():
            request = Update(path, change | {item.name: value})
            yield Case(group, f"{item.name} is {repr(value)[:30]}", "ada", request, allowed=True)
        if item.writer in (Writer.CLIENT, Writer.WRITE_TIME):
            for label, value in _bad_change(item, schema):
                yield Case(group, f"{item.name} is {label}", "ada", Update(path, change | {item.name: value}))
            if item.required:
                kept = {key: value for key, value in change.items() if key != item.name}
                yield Case(group, f"{item.name} is removed", "ada", Update(path, kept, [item.name]))
        else:
            for label, value in (("a text", "changed"), ("a number", 99), ("a map", {"a": 1}), ("the time", NOW)):
                yield Case(group, f"{item.name} is {label}", "ada", Update(path, change | {item.name: value}))
    for name in ("id", "createdAt"):
        yield Case(group, f"{name} is removed", "ada", Update(path, change, [name]))


def _deletions(collection: Collection) -> Iterator[Case]:
    group = f"{collection.name} delete"
    path = f"{collection.name}/{collection.present}"
    may = collection.name in ("tasks", "projects")
    yield Case(group, "one's own", "ada", Delete(path), allowed=may)
    yield Case(group, "what is not there", "ada", Delete(f"{collection.name}/none"))
    for who in STRANGERS:
        yield Case(group, "what is Ada's", who, Delete(path))


def _readings(collection: Collection) -> Iterator[Case]:
    name = collection.name
    path = f"{name}/{collection.present}"
    readers = {"users": ("ada",), "analyticsEvents": (), "projects": ("ada",)}.get(name, ("ada", *STAFF))
    for who in ("ada", "nameless", *STRANGERS):
        reads = who in readers or (who == "nameless" and "ada" in readers)
        yield Case(f"{name} get", "what is Ada's", who, Get(path), allowed=reads)
        lists = reads and name != "users"
        own = {"id" if name == "users" else "userId": "ada"}
        group = f"{name} list"
        yield Case(group, "100 of Ada's", who, Query(name, 100, own), allowed=lists)
        yield Case(group, "100 of anyone's", who, Query(name, 100), allowed=lists and who in STAFF)
        yield Case(group, "101 of Ada's", who, Query(name, 101, own))
        yield Case(group, "Ada's without a limit", who, Query(name, None, own))
        yield Case(group, "a collection group", who, Query(name, 10, own, group=True))
        learns = name in NOT_FOUND and who in SIGNED_IN
        yield Case(f"{name} get", "what is not there", who, Get(f"{name}/none"), allowed=learns)
    if name in NOT_FOUND:
        yield Case(f"{name} get", "another one's document", "ada", Get(f"{name}/bobs"))


def _good(item: DocumentField, schema: dict[str, Any]) -> Iterator[Any]:
    """Yield values with which a client may create a field, if the values depend on no other field."""
    bound = any(item.statement(kind) for kind in (InitialValue, ChangesOnlyTo, TimeWindow)) or item.name in (
        "id",
        "userId",
        "projectId",
        "type",
    )
    if item.writer in (Writer.CLIENT, Writer.CLIENT_ONCE) and not bound and item.name != "input":
        yield from good_values(item.schema, schema.get("$defs", {}))


def _bad(item: DocumentField, schema: dict[str, Any]) -> Iterator[Bad]:
    """Yield values with which a client must not create a field."""
    begins = item.statement(InitialValue)
    if item.writer is Writer.SERVER:
        yield from _each((1, "a", {}, [], True, None))
    elif item.writer in WRITTEN_TIMES:
        yield from _forged()
    elif begins:
        others: tuple[Any, ...] = (7, 50.0, True, "yes", "completed", "processing", None, [], {})
        yield from _each([value for value in others if value != begins.value])
    elif item.statement(TimeWindow):
        yield from _each(("tomorrow", 5, {}, [], True))
    else:
        yield from bad_values(item.schema, schema.get("$defs", {}))


def _bad_change(item: DocumentField, schema: dict[str, Any]) -> Iterator[Bad]:
    """Yield values to which a client must not change a field."""
    if item.writer is Writer.WRITE_TIME:
        yield from _forged()
    elif item.statement(ChangesOnlyTo):
        yield from _each((False, "yes", 1, None, {}))
    else:
        yield from bad_values(item.schema, schema.get("$defs", {}))


def _each(values: Iterable[Any]) -> Iterator[Bad]:
    return ((repr(value), value) for value in values)


def _forged() -> Iterator[Bad]:
    now = datetime.now(UTC)
    yield "long past", datetime(2020, 1, 1, tzinfo=UTC)
    yield "a moment past", now - timedelta(seconds=5)
    yield "to come", now + timedelta(days=1)
    yield "a text", now.isoformat()
    yield "a number", int(now.timestamp())
    yield "null", None
