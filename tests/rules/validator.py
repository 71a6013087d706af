"""The decisions of the models about a client's write, to compare them with those of the rules."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from rules.written import Collection
from stoker.models.writers import ChangesOnlyTo, InitialValue, TimeWindow, Transitions, Writer
from stoker_tools.generate.fields import DocumentField
from stoker_tools.rules_lab.values import NOW, Later

Fields = Mapping[str, Any]


def accepts_creation(collection: Collection, fields: Fields) -> bool:
    """Return whether a client may create a document with these fields."""
    by_name = {item.name: item for item in collection.fields()}
    known = fields.keys() <= by_name.keys()
    return known and _is_valid(collection, fields) and all(_may_begin(by_name[name], fields[name]) for name in fields)


def accepts_change(collection: Collection, before: Fields, fields: Fields) -> bool:
    """Return whether a client may write these fields into a document."""
    by_name = {item.name: item for item in collection.fields()}
    changed = {name for name, value in fields.items() if name not in before or not _is_same(before[name], value)}
    return (
        fields.get("updatedAt") is NOW
        and changed <= by_name.keys()
        and _is_valid(collection, {**before, **fields})
        and all(_may_change(by_name[name], before.get(name), fields[name]) for name in changed)
    )


def _is_valid(collection: Collection, fields: Fields) -> bool:
    try:
        collection.model.from_firestore({name: _stored(value) for name, value in fields.items()})
    except ValidationError:
        return False
    return True


def _stored(value: Any) -> Any:
    if isinstance(value, Later):
        return datetime.now(UTC) + value.by
    return datetime.now(UTC) if value is NOW else value


def _may_begin(item: DocumentField, value: Any) -> bool:
    if item.writer is Writer.SERVER:
        return False
    if item.writer in (Writer.CREATION_TIME, Writer.WRITE_TIME):
        return value is NOW
    if begins := item.statement(InitialValue):
        return _is_same(begins.value, value)
    if (near := item.statement(TimeWindow)) and value is not None:
        now, time = datetime.now(UTC), _stored(value)
        early = near.before is not None and time < now - near.before
        late = near.after is not None and time > now + near.after
        return not early and not late
    return True


def _may_change(item: DocumentField, before: Any, value: Any) -> bool:
    if item.writer is Writer.WRITE_TIME:
        return value is NOW
    if item.writer is not Writer.CLIENT:
        return False
    if becomes := item.statement(ChangesOnlyTo):
        return _is_same(becomes.value, value)
    if moves := item.statement(Transitions):
        return value in moves.to.get(item.default if before is None else before, ())
    return True


def _is_same(one: Any, other: Any) -> bool:
    # 0 and 0.0 are the same number to Firestore; True and 1 are not the same to anyone but Python.
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)
