"""The models' decision about the fields of a client's write: every problem, as a sentence.

The rules are made from the same models. Tests compare both decisions on generated documents.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pydantic import ValidationError

from stoker.models.document import Model
from stoker.models.problems import every_problem
from stoker.models.writers import ChangesOnlyTo, InitialValue, TimeWindow, Transitions, Writer
from stoker_tools.generate.fields import DocumentField, fields_of
from stoker_tools.rules_lab.values import NOW, Later

Fields = Mapping[str, Any]
"""Fields of a document. `NOW` stands for the server's time, and `Later` for a time near it."""

TIMES = (Writer.CREATION_TIME, Writer.WRITE_TIME)

SERVER_TIME = "write serverTimestamp()"


def creation_problems(model: type[Model], fields: Fields) -> list[str]:
    """Return every problem of a new document's fields.

    Args:
        model: The model of the document.
        fields: The fields that the client writes.

    Example:
        >>> from stoker.models.project import Project
        >>> fields = {"id": "a", "userId": "ada", "titel": "A", "createdAt": NOW, "updatedAt": NOW}
        >>> creation_problems(Project, fields)
        ['titel: there is no such field', 'name: is missing']
    """
    declared = declared_fields(model)
    found = [f"{name}: there is no such field" for name in fields if name not in declared]
    checked = []
    for item in declared.values():
        of_item = list(_initial_problems(item, fields))
        found += of_item
        if not of_item and item.writer in (Writer.CLIENT, Writer.CLIENT_ONCE):
            checked.append(item.name)
    return [*found, *_invalid(model, fields, checked)]


def change_problems(model: type[Model], before: Fields, fields: Fields, removed: Collection[str] = ()) -> list[str]:
    """Return every problem of a change.

    Args:
        model: The model of the document.
        before: The fields of the document before the change.
        fields: The fields that the client writes.
        removed: The names of the fields that the client removes.

    Example:
        >>> from stoker.models.task import Task
        >>> change_problems(Task, {"title": "A", "status": "cancelled"}, {"status": "completed", "updatedAt": NOW})
        ["status: can't change from 'cancelled' to 'completed', only to 'todo'"]
    """
    declared = declared_fields(model)
    before = stored(before)
    after = {name: value for name, value in {**before, **fields}.items() if name not in removed}
    changed = [name for name in {**before, **after} if _differs(name, before, after)]
    found = [f"{name}: there is no such field" for name in changed if name not in declared]
    checked = []
    for item in declared.values():
        of_item = list(_change_problems(item, before, after, item.name in changed))
        found += of_item
        if not of_item and item.writer is Writer.CLIENT:
            checked.append(item.name)
    return [*found, *_invalid(model, after, checked)]


def stored(value: Any) -> Any:
    """Return a value as Firestore would store it now: with times in the places of `NOW` and `Later`."""
    match value:
        case Later(by):
            return datetime.now(UTC) + by
        case Mapping():
            return {name: stored(inner) for name, inner in value.items()}
        case list():
            return [stored(inner) for inner in value]
        case _:
            return datetime.now(UTC) if value is NOW else value


@cache
def declared_fields(model: type[Model]) -> Mapping[str, DocumentField]:
    """Return the fields that a model declares, by their names in Firestore."""
    return {item.name: item for item in fields_of(model, model.model_json_schema(by_alias=True))}


def _initial_problems(item: DocumentField, fields: Fields) -> Iterator[str]:
    name, value = item.name, fields.get(item.name)
    if name not in fields:
        if item.required and item.writer in TIMES:
            yield f"{name}: is missing: {SERVER_TIME}"
    elif item.writer is Writer.SERVER:
        yield f"{name}: only the server writes this field"
    elif item.writer in TIMES:
        if value is not NOW:
            yield f"{name}: must be the server's time: {SERVER_TIME}"
    elif begins := item.statement(InitialValue):
        if not _is_same(begins.value, value):
            yield f"{name}: must be {_shown(begins.value)} in a new document"
    elif window := item.statement(TimeWindow):
        yield from _window_problems(name, window, stored(value))


def _window_problems(name: str, window: TimeWindow, time: Any) -> Iterator[str]:
    if not isinstance(time, datetime) or time.tzinfo is None:
        return  # The model names this problem.
    now = datetime.now(UTC)
    if window.before is not None and time < now - window.before:
        yield f"{name}: must not be more than {window.before.days} days in the past"
    if window.after is not None and time > now + window.after:
        yield f"{name}: must not be more than {window.after.days} days in the future"


def _change_problems(item: DocumentField, before: Fields, after: Fields, is_changed: bool) -> Iterator[str]:
    name = item.name
    if item.writer is Writer.WRITE_TIME:
        if after.get(name) is not NOW:
            yield f"{name}: must be the server's time in each change: {SERVER_TIME}"
    elif becomes := item.statement(ChangesOnlyTo):
        if not _is_same(becomes.value, after.get(name)):
            yield f"{name}: must be {_shown(becomes.value)} in a change"
    elif is_changed and item.writer is Writer.SERVER:
        yield f"{name}: only the server writes this field"
    elif is_changed and item.writer is not Writer.CLIENT:
        yield f"{name}: can't change after the document was created"
    elif is_changed and (moves := item.statement(Transitions)):
        yield from _transition_problems(item, moves, before.get(name, item.default), after.get(name, item.default))


def _transition_problems(item: DocumentField, moves: Transitions, before: object, after: object) -> Iterator[str]:
    if not isinstance(after, str) or after not in moves.to or after == before:
        return  # The model names an unknown value. A default value that is written changes nothing.
    following = moves.to.get(before, ()) if isinstance(before, str) else ()
    if after not in following:
        others = " or ".join(_shown(value) for value in following)
        yield f"{item.name}: can't change from {_shown(before)} to {_shown(after)}" + (
            f", only to {others}" if others else ""
        )


def _invalid(model: type[Model], fields: Fields, names: Collection[str]) -> list[str]:
    known = {name: stored(value) for name, value in fields.items() if name in declared_fields(model)}
    try:
        model.from_firestore(known)
    except ValidationError as error:
        return every_problem(error, known, names=frozenset(names))
    return []


def _differs(name: str, before: Fields, after: Fields) -> bool:
    return (name in before) != (name in after) or not _is_same(before[name], after[name])


def _is_same(one: Any, other: Any) -> bool:
    # Firestore distinguishes True from 1, and Python does not. For both, 0 and 0.0 are the same number.
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _shown(value: object) -> str:
    """Return a value as a client writes it."""
    return str(value).lower() if isinstance(value, bool) else repr(value)
