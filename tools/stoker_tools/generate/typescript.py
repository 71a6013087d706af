"""Types and converters for clients in TypeScript, from the models."""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stoker.models.document import Model
from stoker.models.writers import Begins, Writer
from stoker_tools.generate.documents import DOCUMENTS, INPUTS
from stoker_tools.generate.errors import GenerateError
from stoker_tools.generate.fields import DocumentField, Schema, as_javascript, fields_of, models_in, without_null

HEADER = "// Made by scripts/generate from functions/stoker/models: change it there.\n"

BY_CLIENTS = (Writer.CLIENT, Writer.CLIENT_ONCE)


def declarations() -> str:
    """The text of `stoker.d.ts`: an interface for every document, and for what is in it."""
    models: dict[str, type[Model]] = {}
    for model in (*(document.model for document in DOCUMENTS), *(one for few in INPUTS.values() for one in few)):
        _collect(model, models)
    inputs = sorted({model.__name__ for few in INPUTS.values() for model in few})
    parts = [
        HEADER + "\nimport type { Timestamp } from 'firebase/firestore';",
        *(_interface(model) for model in models.values()),
        "/** What a job works on, by its type. */\nexport type JobInput = " + " | ".join(inputs) + ";",
    ]
    return "\n\n".join(parts) + "\n"


def converters() -> str:
    """The text of `converters.ts`: a converter for every document that clients read, and what they may leave out."""
    names = [document.model.__name__ for document in DOCUMENTS]
    parts = [
        HEADER
        + "\nimport type { FirestoreDataConverter, QueryDocumentSnapshot } from 'firebase/firestore';"
        + f"\nimport type {{ {', '.join(sorted(names))} }} from './stoker';",
        """\
/** Documents of one form: what is read has what was left out, and what is written goes as it is. */
function converter<Document extends object, Defaults extends Partial<Document>>(
  defaults: Defaults,
): FirestoreDataConverter<Document & Required<Pick<Document, keyof Defaults & keyof Document>>, Document> {
  return {
    toFirestore: (written) => written as never,
    fromFirestore: (snapshot: QueryDocumentSnapshot, options) =>
      ({ ...defaults, ...snapshot.data(options) }) as never,
  };
}""",
        *(_converter(document.model, document.collection) for document in DOCUMENTS),
    ]
    return "\n\n".join(parts) + "\n"


def _collect(model: type[Model], found: dict[str, type[Model]]) -> None:
    """Adds a model, and those within it before it."""
    for field in model.model_fields.values():
        for inner in models_in(field.annotation):
            if inner.__name__ not in found:
                _collect(inner, found)
    found.setdefault(model.__name__, model)


def _interface(model: type[Model]) -> str:
    schema = model.model_json_schema(by_alias=True)
    summary, said = documentation(model)
    lines = [*_comment([summary], ""), f"export interface {model.__name__} {{"]
    for field in fields_of(model, schema):
        about = [said[field.python_name]] if field.python_name in said else []
        lines += _comment([*about, *_facts(field)], "  ")
        optional = "" if field.required else "?"
        lines.append(f"  {field.name}{optional}: {_type_of(model, field)};")
    return "\n".join([*lines, "}"])


def documentation(model: type[Model]) -> tuple[str, Mapping[str, str]]:
    """What a model's docstring says of it, and of its fields, by their names in Python."""
    text = re.sub(r"\n +", "\n", model.__doc__ or "")
    summary, _, rest = text.partition("\nAttributes:\n")
    rest = rest.partition("\n\n")[0]
    fields: dict[str, str] = {}
    for line in rest.splitlines():
        name, colon, about = line.partition(": ")
        if colon and name in model.model_fields:
            fields[name] = about
        elif fields:
            fields[list(fields)[-1]] += f" {line}"
    inherited = [documentation(base)[1] for base in model.__mro__[1:] if base is not Model and _is_model(base)]
    for others in inherited:
        fields = {**others, **fields}
    return " ".join(summary.partition("\nExample:")[0].split()), fields


def _is_model(kind: type) -> bool:
    return issubclass(kind, Model)


def _facts(field: DocumentField) -> Iterator[str]:
    """What the type itself can't say: bounds, the default, and who writes it."""
    schema, _ = without_null(field.schema)
    bounds = (
        ("minLength", "Not empty."),
        ("maxLength", "At most {:,} characters."),
        ("minimum", "At least {}."),
        ("maximum", "At most {:,}."),
        ("maxItems", "At most {} items."),
        ("maxProperties", "At most {} fields."),
        ("pattern", "Matches `{}`."),
    )
    yield from (as_javascript(words.format(schema[name])) for name, words in bounds if schema.get(name))
    if begins := field.said(Begins):
        yield f"`{json.dumps(begins.value)}` at creation."
    elif not field.required and field.default is not None and not isinstance(field.default, Model):
        yield f"`{json.dumps(_plain(field.default))}` where it is left out."
    if field.writer is not Writer.SERVER:
        yield f"Written by {field.writer.value}."


def _comment(sentences: Sequence[str], indent: str) -> list[str]:
    text = " ".join(sentence if sentence[-1] in ".`" else f"{sentence}." for sentence in sentences if sentence)
    text = text.replace("*/", "* /")
    if len(text) < 100:
        return [f"{indent}/** {text} */"] if text else []
    wrapped = textwrap.wrap(text, 110, break_long_words=False, break_on_hyphens=False)
    return [f"{indent}/**", *(f"{indent} * {line}" for line in wrapped), f"{indent} */"]


def _type_of(model: type[Model], field: DocumentField) -> str:
    if (model.__name__, field.name) == ("ProcessingJob", "input"):
        return "JobInput"
    return _typescript(field.schema)


def _typescript(schema: Schema) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema or "oneOf" in schema:
        return " | ".join(dict.fromkeys(_typescript(kind) for kind in schema.get("anyOf") or schema["oneOf"]))
    if "const" in schema:
        return _quoted(schema["const"])
    if "enum" in schema:
        return " | ".join(_quoted(value) for value in schema["enum"])
    if schema.get("format") == "date-time":
        return "Timestamp"
    match schema.get("type"):
        case "string" | "boolean" | "null" as kind:
            return str(kind)
        case "integer" | "number":
            return "number"
        case "array":
            items = _typescript(schema["items"])
            return f"({items})[]" if " " in items else f"{items}[]"
        case "object":
            named = list(schema.get("patternProperties", {}).values())
            values = named[0] if named else schema.get("additionalProperties", True)
            return f"Record<string, {'unknown' if values in (True, False) else _typescript(values)}>"
        case other:
            raise GenerateError(f"No TypeScript type is known for {other}.")


def _converter(model: type[Model], collection: str) -> str:
    fields = fields_of(model, model.model_json_schema(by_alias=True))
    # Of what the server writes, a client could not say it; and what is null is simply not there.
    defaults = {
        field.name: _plain(field.default)
        for field in fields
        if not field.required and field.default is not None and field.writer in BY_CLIENTS
    }
    name = model.__name__[0].lower() + model.__name__[1:]
    pairs = "".join(f"\n  {key}: {_literal(value)}," for key, value in defaults.items())
    pairs += "\n" if pairs else ""
    return (
        f"/** What a document of `{collection}` has where it is left out. */\n"
        f"export const {name}Defaults = {{{pairs}}} satisfies Partial<{model.__name__}>;\n\n"
        f"/** For `collection(db, '{collection}').withConverter({name}Converter)`. */\n"
        f"export const {name}Converter = converter<{model.__name__}, typeof {name}Defaults>({name}Defaults);"
    )


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.to_firestore() if isinstance(value, Model) else value


def _literal(value: Any) -> str:
    if isinstance(value, dict) and value:
        return f"{{ {', '.join(f'{key}: {_literal(item)}' for key, item in value.items())} }}"
    return _quoted(value)


def _quoted(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return f"'{text[1:-1]}'" if isinstance(value, str) and "'" not in value and "\\" not in text else text
