"""The tables of fields in the documentation, from the models."""

import json
import re
from collections.abc import Iterator
from typing import Any

from stoker.models.document import Model
from stoker.models.writers import InitialValue, Writer
from stoker_tools.generate.docstrings import documentation
from stoker_tools.generate.documents import Document, documents, inputs
from stoker_tools.generate.errors import GenerateError
from stoker_tools.generate.fields import DocumentField, Schema, fields_of, models_within, without_null
from stoker_tools.generate.markdown import table, words

HEAD = ("field", "value", "meaning")
HEAD_OF_DOCUMENT = ("field", "value", "written by", "meaning")

TITLES = {"jobSettings": "adminData/jobs", "signUpSettings": "adminData/signUps"}
"""The titles of documents that are not all documents of their collection, by the document's name in the rules."""

WRITERS = {
    Writer.CLIENT: "client",
    Writer.CLIENT_ONCE: "client, at creation",
    Writer.CREATION_TIME: "client, at creation: `serverTimestamp()`",
    Writer.WRITE_TIME: "client, each time: `serverTimestamp()`",
    Writer.SERVER: "server",
}


def field_tables() -> str:
    """Return a section for each kind of document, for each input of a job, and for each map in them."""
    roots = [document.model for document in documents()]
    of_jobs = [model for models in inputs().values() for model in models]
    parts = dict.fromkeys(inner for model in (*roots, *of_jobs) for inner in models_within(model))
    sections = ["## Documents", *(_document(document) for document in documents())]
    sections += ["## Inputs of jobs", *(_map(model) for model in of_jobs)]
    sections += ["## Maps in documents", *(_map(model) for model in parts if model not in roots)]
    return "\n\n".join(sections)


def _document(document: Document) -> str:
    title = TITLES.get(document.name, document.collection)
    rows = [(*cells[:2], writer, cells[2]) for cells, writer in _rows(document.model)]
    return f"### {title}\n\n{_sentence(documentation(document.model).summary)}\n\n{table(HEAD_OF_DOCUMENT, rows)}"


def _map(model: type[Model]) -> str:
    rows = [cells for cells, _ in _rows(model)]
    text = f"### {model.__name__}\n\n{_sentence(documentation(model).summary)}"
    return f"{text}\n\n{table(HEAD, rows)}" if rows else f"{text}\n\nIt has no fields."


def _rows(model: type[Model]) -> Iterator[tuple[tuple[str, str, str], str]]:
    """Yield the cells of each field, and its writer."""
    texts = documentation(model).fields
    for field in fields_of(model, model.model_json_schema(by_alias=True)):
        meaning = _sentence(texts.get(field.python_name, ""))
        yield (f"`{field.name}`", value_in_words(field), meaning), WRITERS[field.writer]


def value_in_words(field: DocumentField) -> str:
    """Return the type, the bounds and the default of a field, such as `whole number; 16 to 640; default 160`."""
    return "; ".join([_value(field.schema), *_facts(field)])


def _sentence(text: str) -> str:
    """Return a text in which no sign of a language of markup is left, except code."""
    return re.sub(r"<(?=[a-z/])", "&lt;", text)


def _facts(field: DocumentField) -> Iterator[str]:
    """Yield the bounds of a field, and whether it may be left out."""
    schema, _ = without_null(field.schema)
    yield from _bounds(schema)
    if begins := field.statement(InitialValue):
        yield f"{_code(begins.value)} at creation"
    elif field.required:
        yield "required"
    elif field.default is None or isinstance(field.default, Model) or field.default in ([], {}):
        yield "optional"
    else:
        yield f"default {_code(field.default)}"


def _bounds(schema: Schema) -> Iterator[str]:
    if "maxLength" in schema:
        least = schema.get("minLength", 0)
        yield (
            f"{least:,} to {schema['maxLength']:,} characters" if least else f"up to {schema['maxLength']:,} characters"
        )
    if "maxItems" in schema:
        yield f"up to {schema['maxItems']:,}"
    if "maxProperties" in schema:
        yield f"up to {schema['maxProperties']:,} fields"
    least, most = (_number(schema.get(name)) for name in ("minimum", "maximum"))
    if least and most:
        yield f"{least} to {most}"
    elif most:
        yield f"up to {most}"
    elif least and least != "0":
        yield f"at least {least}"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{int(value) if value == int(value) else value:,}"


def _code(value: Any) -> str:
    if isinstance(value, list | tuple):
        value = [item.to_firestore() if isinstance(item, Model) else item for item in value]
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _value(schema: Schema) -> str:
    """Return the type of a value in words."""
    schema, _ = without_null(schema)
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema or "oneOf" in schema:
        kinds = [kind for kind in schema.get("anyOf") or schema["oneOf"] if kind.get("type") != "null"]
        return " or ".join(dict.fromkeys(_value(kind) for kind in kinds))
    if "const" in schema:
        return _code(schema["const"])
    if "enum" in schema:
        return words(schema["enum"])
    if schema.get("format") == "date-time":
        return "timestamp"
    match schema.get("type"):
        case "string":
            return "text"
        case "boolean":
            return "true or false"
        case "integer":
            return "whole number"
        case "number":
            return "number"
        case "array":
            return f"list of {_value(schema['items'])}"
        case "object":
            named = list(schema.get("patternProperties", {}).values())
            values = named[0] if named else schema.get("additionalProperties", True)
            return "map" if values in (True, False) else f"map of {_value(values)}"
        case other:
            raise GenerateError(f"No words are known for the type {other}.")
