"""JSON Schemas of the documents and of the inputs of jobs, for clients in any language."""

import json
from collections.abc import Iterator
from typing import Any

from stoker.models.document import Model
from stoker_tools.generate.docstrings import documentation
from stoker_tools.generate.documents import documents, inputs
from stoker_tools.generate.fields import Schema, as_javascript, fields_of, models_within

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, str]:
    """Return the texts of the schemas, by names such as `task` and `video-input`.

    Each field of a document names its writer in `x-written-by`. The client writes all fields of an input.
    """
    made = {_kebab(model.__name__): _text(schema) for model, schema in _schemas()}
    return dict(sorted(made.items()))


def _schemas() -> Iterator[tuple[type[Model], Schema]]:
    for document in documents():
        schema = described_schema(document.model)
        for field in fields_of(document.model, schema):
            schema["properties"][field.name]["x-written-by"] = field.writer.value
        yield document.model, schema
    for model in (model for models in inputs().values() for model in models):
        yield model, described_schema(model)


def _text(schema: Schema) -> str:
    return as_javascript(json.dumps({"$schema": DIALECT, **schema}, indent=2, ensure_ascii=False)) + "\n"


def described_schema(model: type[Model]) -> Schema:
    """Return the JSON Schema of a model. Its descriptions are the texts of `documentation`, for app developers.

    Args:
        model: The model.
    """
    schema: dict[str, Any] = model.model_json_schema(by_alias=True)
    _describe(schema, model)
    for inner in models_within(model):
        if inner.__name__ in schema.get("$defs", {}):
            _describe(schema["$defs"][inner.__name__], inner)
    return schema


def _describe(schema: Schema, model: type[Model]) -> None:
    texts = documentation(model)
    schema["description"] = texts.summary
    for field in fields_of(model, schema):
        if field.python_name in texts.fields:
            schema["properties"][field.name]["description"] = texts.fields[field.python_name]


def _kebab(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")
