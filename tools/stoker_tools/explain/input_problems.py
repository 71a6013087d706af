"""The rules' decision about the `input` of a job, and the worker's.

The rules refuse only input that no worker could use (`stoker_tools.generate.inputs`). The worker names every other
problem, and the job fails as `invalid-job`.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import ValidationError

from stoker import registry
from stoker.models.document import utf_16_length
from stoker.models.inputs import read_input
from stoker.models.problems import every_problem
from stoker_tools.generate.documents import inputs
from stoker_tools.generate.fields import Schema, without_null
from stoker_tools.generate.inputs import MAX_WORD

TYPES: Mapping[str, tuple[type | tuple[type, ...], str]] = {
    "string": (str, "text"),
    "array": (list, "a list"),
    "object": (dict, "a map"),
    "integer": ((int, float), "a number"),
    "number": ((int, float), "a number"),
    "boolean": (bool, "true or false"),
}
"""The types of values, and their names, by the types of JSON Schema."""


def refused_inputs(job_type: object, given: object) -> list[str]:
    """Return every problem for which the rules refuse an input.

    Args:
        job_type: The type of the job.
        given: The input.

    Example:
        >>> refused_inputs("audio-generation", {"text": 5, "ghost": 1})
        ['input.ghost: there is no such field', 'input.text: must be text']
    """
    if not isinstance(job_type, str) or job_type not in inputs() or not isinstance(given, dict):
        return []  # The model of the job names these problems.
    fields, definitions = _schemas(job_type)
    found = [f"input.{name}: there is no such field" for name in given if name not in fields]
    for name, schemas in fields.items():
        selects = len(schemas) == len(inputs()[job_type]) and all("const" in schema for schema in schemas)
        if name in given:
            found += _value_problems(f"input.{name}", given[name], schemas, definitions)
        elif selects:
            found.append(f"input.{name}: is missing")
    return found


def failing_inputs(job_type: object, given: object) -> list[str]:
    """Return every problem for which the worker fails a job. The rules do not see these problems.

    Args:
        job_type: The type of the job.
        given: The input, with times in the places of `NOW`.
    """
    if not isinstance(job_type, str) or job_type not in inputs() or not isinstance(given, dict):
        return []
    try:
        read_input(registry.job_types()[job_type], given)
    except ValidationError as error:
        return every_problem(error, given, "input")
    return []


@cache
def _schemas(job_type: str) -> tuple[Mapping[str, Sequence[Schema]], Mapping[str, Schema]]:
    """Return the schemas of each field of an input, of all models that it may have, and the definitions of maps."""
    fields: dict[str, list[Schema]] = {}
    definitions: dict[str, Schema] = {}
    for model in inputs()[job_type]:
        schema = model.model_json_schema(by_alias=True)
        definitions |= schema.get("$defs", {})
        for name, of_field in schema["properties"].items():
            fields.setdefault(name, []).append(without_null(of_field)[0])
    return fields, definitions


def _value_problems(
    path: str, value: Any, schemas: Sequence[Schema], definitions: Mapping[str, Schema]
) -> Iterator[str]:
    if all("const" in schema for schema in schemas):
        choices = [schema["const"] for schema in schemas]
        if value not in choices:
            yield f"{path}: must be {', '.join(map(repr, choices[:-1]))} or {choices[-1]!r}"
        return
    resolved = [definitions[ref.rpartition("/")[2]] if (ref := schema.get("$ref")) else schema for schema in schemas]
    kind = resolved[0]["type"]
    if not _is_of(kind, value):
        yield f"{path}: must be {TYPES[kind][1]}"
    elif kind == "string" and utf_16_length(value) > (
        most := max(schema.get("maxLength", MAX_WORD) for schema in resolved)
    ):
        yield f"{path}: must have at most {most:,} characters, of which an emoji counts as two or more"
    elif kind == "array" and len(value) > (most := max(schema["maxItems"] for schema in resolved)):
        yield f"{path}: must have at most {most:,} items"
    elif kind == "object":
        known = {name for schema in resolved for name in schema["properties"]}
        yield from (f"{path}.{name}: there is no such field" for name in value if name not in known)


def _is_of(kind: str, value: object) -> bool:
    # To Python, True is a number too.
    return isinstance(value, TYPES[kind][0]) and isinstance(value, bool) == (kind == "boolean")
