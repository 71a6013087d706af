"""Rules from a model: which fields a client may write, of which types, within which bounds."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from development.generate.errors import GenerateError
from stoker.models.document import Model
from stoker.models.writers import Writer, writer_of

Schema = dict[str, Any]
"""JSON Schema, as pydantic makes it."""

BY_CLIENTS = (Writer.CLIENT, Writer.CLIENT_ONCE, Writer.CREATION_TIME, Writer.WRITE_TIME)


@dataclass(frozen=True)
class Field:
    """A field of a document, as the client writes it.

    Attributes:
        name: In camelCase.
        schema: Of its value.
        required: Whether a document without it is refused.
        writer: Who writes it.
    """

    name: str
    schema: Schema
    required: bool
    writer: Writer


def functions(model: type[Model], name: str) -> str:
    """The functions of the rules that check a document of this model.

    `{name}Created(data)` allows a new document, `{name}Updated(data, before)` a changed one; both rest on `{name}Fits(data)`.

    Args:
        model: The document's.
        name: In singular, such as `task`.
    """
    schema = model.model_json_schema(by_alias=True)
    fields = [field for field in fields_of(model, schema) if field.writer in BY_CLIENTS]
    parts = [*_form(name, fields, schema.get("$defs", {}))]
    at_creation = any(field.writer is Writer.CLIENT_ONCE for field in fields)
    if at_creation:
        parts.append(_created(name, fields))
    if any(field.writer is Writer.CLIENT for field in fields):
        parts.append(_updated(name, fields))
    return f"// From {model.__module__}.{model.__qualname__}: change it there.\n" + "\n\n".join(parts)


def fields_of(model: type[Model], schema: Schema) -> Iterator[Field]:
    """All fields of a model."""
    for field in model.model_fields.values():
        name = field.alias or ""
        yield Field(name, schema["properties"][name], field.is_required(), writer_of(field.metadata))


def _form(name: str, fields: Sequence[Field], definitions: dict[str, Schema]) -> Iterator[str]:
    nested: dict[str, str] = {}
    checks = [
        check
        for field in fields
        if field.writer in (Writer.CLIENT, Writer.CLIENT_ONCE)
        for check in [_field_check(name, field.name, field.schema, field.required, definitions, nested)]
        if check
    ]
    yield from nested.values()
    yield _function(f"{name}Fits", [name], checks)


def _created(name: str, fields: Sequence[Field]) -> str:
    required = [field.name for field in fields if field.required]
    times = [field.name for field in fields if field.writer in (Writer.CREATION_TIME, Writer.WRITE_TIME)]
    checks = [
        f"{name}.keys().hasAll({_listed(required)})",
        f"{name}.keys().hasOnly({_listed([field.name for field in fields])})",
        *(f"{name}.{time} == request.time" for time in times),
        f"{name}Fits({name})",
    ]
    return _function(f"{name}Created", [name], checks)


def _updated(name: str, fields: Sequence[Field]) -> str:
    changeable = [field.name for field in fields if field.writer in (Writer.CLIENT, Writer.WRITE_TIME)]
    required = [field.name for field in fields if field.required and field.writer is Writer.CLIENT]
    times = [field.name for field in fields if field.writer is Writer.WRITE_TIME]
    checks = [
        f"{name}.diff(before).affectedKeys().hasOnly({_listed(changeable)})",
        *([f"{name}.keys().hasAll({_listed(required)})"] if required else []),
        *(f"{name}.{time} == request.time" for time in times),
        f"{name}Fits({name})",
    ]
    return _function(f"{name}Updated", [name, "before"], checks)


def _field_check(
    holder: str, name: str, schema: Schema, required: bool, definitions: dict[str, Schema], nested: dict[str, str]
) -> str:
    """One expression that holds where the field is as it must be, or where it is left out and may be."""
    inner, nullable = _without_null(schema)
    path = f"{holder}.{name}"
    checks = list(_checks(path, inner, definitions, nested))
    if not checks:
        return ""
    joined = " && ".join(checks)
    if required:
        return joined
    absent = f"{holder}.get('{name}', null) == null" if nullable else f"!('{name}' in {holder})"
    return f"({absent} || {joined})" if len(checks) == 1 else f"({absent} || ({joined}))"


def _checks(path: str, schema: Schema, definitions: dict[str, Schema], nested: dict[str, str]) -> Iterator[str]:
    if "$ref" in schema:
        defined = schema["$ref"].rpartition("/")[2]
        if defined not in nested:
            _nest(defined, definitions, nested)
        yield f"{_function_name(defined)}({path})"
    elif "const" in schema:
        yield f"{path} == {_literal(schema['const'])}"
    elif "enum" in schema:
        yield f"{path} in {_listed(schema['enum'])}"
    elif schema.get("format") == "date-time":
        yield f"{path} is timestamp"
    else:
        yield from _typed(path, schema)


def _typed(path: str, schema: Schema) -> Iterator[str]:
    match schema.get("type"):
        case "string":
            yield f"{path} is string"
            yield from _size(path, schema.get("minLength"), schema.get("maxLength"))
            if "pattern" in schema:
                # `matches` is about the whole string.
                pattern = re.sub(r"^\^|\$$", "", schema["pattern"])
                yield f"{path}.matches({_literal(pattern)})"
        case "integer" | "number" as kind:
            yield f"{path} is {'int' if kind == 'integer' else 'number'}"
            if "minimum" in schema:
                yield f"{path} >= {_literal(schema['minimum'])}"
            if "maximum" in schema:
                yield f"{path} <= {_literal(schema['maximum'])}"
        case "boolean":
            yield f"{path} is bool"
        case "array":
            yield f"{path} is list"
            yield from _size(path, schema.get("minItems"), schema.get("maxItems"))
        case "object":
            yield f"{path} is map"
            yield from _size(path, schema.get("minProperties"), schema.get("maxProperties"))
        case other:
            raise GenerateError(f"No rule is known for {path}, which is of type {other}.")


def _size(path: str, least: int | None, most: int | None) -> Iterator[str]:
    if least:
        yield f"{path}.size() >= {least}"
    if most is not None:
        yield f"{path}.size() <= {most}"


def _nest(defined: str, definitions: dict[str, Schema], nested: dict[str, str]) -> None:
    """Adds the function that checks a map within a document."""
    schema = definitions[defined]
    holder = defined[0].lower() + defined[1:]
    required = schema.get("required", [])
    checks = [f"{holder} is map", f"{holder}.keys().hasOnly({_listed(schema['properties'])})"]
    if required:
        checks.append(f"{holder}.keys().hasAll({_listed(required)})")
    for name, property_schema in schema["properties"].items():
        check = _field_check(holder, name, property_schema, name in required, definitions, nested)
        if check:
            checks.append(check)
    nested[defined] = _function(_function_name(defined), [holder], checks)


def _function_name(defined: str) -> str:
    return f"{defined[0].lower()}{defined[1:]}Fits"


def _function(name: str, parameters: Sequence[str], checks: Sequence[str]) -> str:
    body = "\n    && ".join(checks)
    return f"function {name}({', '.join(parameters)}) {{\n  return {body};\n}}"


def _without_null(schema: Schema) -> tuple[Schema, bool]:
    kinds = schema.get("anyOf", [])
    others = [kind for kind in kinds if kind.get("type") != "null"]
    return (others[0], True) if len(kinds) == 2 and len(others) == 1 else (schema, False)


def _listed(names: Sequence[object] | dict[str, Any]) -> str:
    return f"[{', '.join(_literal(name) for name in names)}]"


def _literal(value: object) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace("'", "\\'")
        return f"'{escaped}'"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
