"""Rules from a model: the fields that a client may write, with their types and bounds."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from stoker.models.document import Model
from stoker.models.writers import ChangesOnlyTo, InitialValue, TimeWindow, Transitions, Writer
from stoker_tools.generate.checks import Checks, function, join, listed, literal
from stoker_tools.generate.fields import DocumentField, fields_of, without_null

WRITTEN_TIMES = (Writer.CREATION_TIME, Writer.WRITE_TIME)


def document_functions(model: type[Model], name: str, *, created: bool = True, updated: bool = True) -> str:
    """Return the functions of the rules that check a client's writes of a document.

    `{name}Created(data)` allows a new document, and `{name}Updated(data, before)` a changed one. Both call
    `{name}Fits(data)`, which checks the fields that a client may write at any time. A function that no client needs is
    left out. If clients write no field, the text is empty.

    Args:
        model: The model of the document.
        name: The name in the rules, in singular, such as `task`.
        created: Whether clients may create documents.
        updated: Whether clients may change documents.
    """
    schema = model.model_json_schema(by_alias=True)
    fields = [field for field in fields_of(model, schema) if field.writer is not Writer.SERVER]
    checks = Checks(schema.get("$defs", {}))
    parts = []
    if created and any(field.writer in (Writer.CLIENT_ONCE, Writer.CREATION_TIME) for field in fields):
        parts.append(_created(name, fields, checks))
    if updated and any(field.writer is Writer.CLIENT for field in fields):
        parts.append(_updated(name, fields))
    if parts and (free := [field for field in fields if _is_free(field)]):
        parts.append(function(f"{name}Fits", [name], [_content(name, field, checks) for field in free]))
    return _from(model, [*parts, *checks.functions()]) if parts else ""


def map_functions(model: type[Model], name: str) -> str:
    """Return the function `{name}Fits(data)`, which checks a document that is always written as a whole.

    Args:
        model: The model of the document.
        name: The name in the rules, in singular, such as `jobSettings`.
    """
    schema = model.model_json_schema(by_alias=True)
    checks = Checks(schema.get("$defs", {}))
    return _from(model, [checks.map_function(name, schema), *checks.functions()])


def _from(model: type[Model], parts: Sequence[str]) -> str:
    return "\n\n".join([f"// From {model.__module__}.{model.__qualname__}: change it there.", *parts]).replace(
        "\n\n", "\n", 1
    )


def _created(name: str, fields: Sequence[DocumentField], checks: Checks) -> str:
    return function(
        f"{name}Created",
        [name],
        [
            f"{name}.keys().hasOnly({listed(field.name for field in fields)})",
            *_once(name, fields, checks),
            *([f"{name}Fits({name})"] if any(_is_free(field) for field in fields) else []),
        ],
    )


def _once(name: str, fields: Sequence[DocumentField], checks: Checks) -> Iterator[str]:
    """Yield the conditions that are checked at creation only."""
    for field in fields:
        path = f"{name}.{field.name}"
        begins = field.statement(InitialValue)
        if field.writer in WRITTEN_TIMES:
            now = f"{path} == request.time"
            yield now if field.required else f"(!('{field.name}' in {name}) || {now})"
        elif begins:
            value = literal(begins.value)
            yield f"{path} == {value}" if field.required else f"{name}.get('{field.name}', {value}) == {value}"
        elif field.writer is Writer.CLIENT_ONCE:
            yield _content(name, field, checks)


def _updated(name: str, fields: Sequence[DocumentField]) -> str:
    changed = [field for field in fields if field.writer in (Writer.CLIENT, Writer.WRITE_TIME)]
    return function(
        f"{name}Updated",
        [name, "before"],
        [
            f"{name}.diff(before).affectedKeys().hasOnly({listed(field.name for field in changed)})",
            *(f"{name}.{field.name} == request.time" for field in changed if field.writer is Writer.WRITE_TIME),
            *(_becomes(name, field, becomes) for field in changed if (becomes := field.statement(ChangesOnlyTo))),
            *(_moved(name, field, moves) for field in changed if (moves := field.statement(Transitions))),
            *([f"{name}Fits({name})"] if any(_is_free(field) for field in fields) else []),
        ],
    )


def _is_free(field: DocumentField) -> bool:
    """Return whether a client may write the field at any time, with more than one value."""
    return field.writer is Writer.CLIENT and not field.statement(ChangesOnlyTo)


def _becomes(name: str, field: DocumentField, becomes: ChangesOnlyTo) -> str:
    return f"{name}.{field.name} == {literal(becomes.value)}"


def _moved(name: str, field: DocumentField, moves: Transitions) -> str:
    default = literal(field.default)
    to = ",\n".join(
        f"      {literal(value)}: {listed([value, *next_values])}" for value, next_values in moves.to.items()
    )
    return f"{name}.get('{field.name}', {default}) in {{\n{to}\n    }}[before.get('{field.name}', {default})]"


def _content(name: str, field: DocumentField, checks: Checks) -> str:
    """Return a condition of a field. It also holds if an optional field is left out."""
    path = f"{name}.{field.name}"
    schema, nullable = without_null(field.schema)
    near = field.statement(TimeWindow)
    found = list(_near(path, near) if near else checks.of(path, schema))
    return join(name, field.name, found, field.required, nullable)


def _near(path: str, near: TimeWindow) -> Iterator[str]:
    if near.before is not None:
        yield f"{path} >= request.time - {_duration(near.before)}"
    if near.after is not None:
        yield f"{path} <= request.time + {_duration(near.after)}"


def _duration(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    count, unit = next(
        (seconds // size, unit) for unit, size in (("d", 86400), ("m", 60), ("s", 1)) if not seconds % size
    )
    return f"duration.value({count}, '{unit}')"
