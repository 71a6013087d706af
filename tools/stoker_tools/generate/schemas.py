"""JSON Schemas of the documents and of the inputs of jobs, for clients in any language."""

import json
from collections.abc import Iterator
from typing import Any

from stoker.models.document import Model
from stoker_tools.generate.documents import DOCUMENTS, INPUTS
from stoker_tools.generate.fields import as_javascript, fields_of
from stoker_tools.generate.typescript import documentation

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, str]:
    """The texts, by names such as `task` and `video-input`. `x-written-by` says who writes a field."""
    made = {_kebab(model.__name__): _text(model) for model in _models()}
    return dict(sorted(made.items()))


def _models() -> Iterator[type[Model]]:
    yield from (document.model for document in DOCUMENTS)
    for models in INPUTS.values():
        yield from models


def _text(model: type[Model]) -> str:
    schema: dict[str, Any] = model.model_json_schema(by_alias=True)
    summary, said = documentation(model)
    schema["description"] = summary
    for field in fields_of(model, schema):
        facts = {"description": said.get(field.python_name)} if field.python_name in said else {}
        schema["properties"][field.name] |= {**facts, "x-written-by": field.writer.value}
    return as_javascript(json.dumps({"$schema": DIALECT, **schema}, indent=2, ensure_ascii=False)) + "\n"


def _kebab(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")
