"""Rules for the `input` of a job: no more than its worker could ever use is let in.

They are wider than the models: the worker names every problem to the user, where the rules could only refuse.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

from development.generate import documents
from development.generate.checks import function, listed, size
from development.generate.errors import GenerateError
from development.generate.fields import Schema, without_null
from stoker.models.document import Model
from stoker.models.inputs import INPUTS
from stoker.models.job import JobType

MAX_WORD = 100
"""Characters of what is one of a few words, where the worker says which."""


def input_functions(name: str) -> str:
    """The function `{name}Fits(type, input)`, and those that it calls.

    Args:
        name: Such as `input`.

    Raises:
        GenerateError: A type that has a worker has no model here.
    """
    if missing := INPUTS.keys() - documents.INPUTS.keys():
        raise GenerateError(f"Name the models of the input of {', '.join(missing)} in development.generate.documents.")
    others = set(get_args(JobType)) - documents.INPUTS.keys()
    choice = "input.size() == 0" if others else ""  # what has no worker yet needs no input
    parts = []
    for job_type, models in reversed(list(documents.INPUTS.items())):
        of_type = f"{job_type.partition('-')[0]}InputFits"
        choice = f"type == '{job_type}' ? {of_type}(input) :\n    {choice}" if choice else f"{of_type}(input)"
        parts.append(_function(of_type, models))
    return "\n\n".join(
        [
            "// From stoker.models: no more than a worker could ever use; the worker names every problem inside.\n"
            f"function {name}Fits(type, input) {{\n  return {choice};\n}}",
            *reversed(parts),
        ]
    )


def _function(name: str, models: Sequence[type[Model]]) -> str:
    fields: dict[str, list[Schema]] = {}
    definitions: dict[str, Schema] = {}
    for model in models:
        schema = model.model_json_schema(by_alias=True)
        definitions |= schema.get("$defs", {})
        for field, field_schema in schema["properties"].items():
            fields.setdefault(field, []).append(field_schema)
    checks = [f"input.keys().hasOnly({listed(fields)})"]
    for field, schemas in fields.items():
        conditions = list(_wide(f"input.{field}", [without_null(schema)[0] for schema in schemas], definitions))
        if len(schemas) == len(models) and all("const" in schema for schema in schemas):
            checks += conditions  # it says which of the models it is, and so it must be there
        elif len(conditions) == 1:
            checks.append(f"(!('{field}' in input) || {conditions[0]})")
        else:
            checks.append(f"(!('{field}' in input) || ({' && '.join(conditions)}))")
    return function(name, ["input"], checks)


def _wide(path: str, schemas: Sequence[Schema], definitions: Mapping[str, Schema]) -> Iterator[str]:
    """What holds of every value that one of some schemas allows, and of little else."""
    if all("const" in schema for schema in schemas):
        yield f"{path} in {listed(schema['const'] for schema in schemas)}"
        return
    resolved = [definitions[ref.rpartition("/")[2]] if (ref := schema.get("$ref")) else schema for schema in schemas]
    kinds = {schema.get("type") for schema in resolved}
    if len(kinds) > 1:
        raise GenerateError(f"{path} is of several types: {kinds}.")
    match kinds.pop():
        case "string":
            yield f"{path} is string"
            yield from size(path, None, max(schema.get("maxLength", MAX_WORD) for schema in resolved))
        case "array":
            yield f"{path} is list"
            yield from size(path, None, max(schema["maxItems"] for schema in resolved))
        case "object":
            fields = dict.fromkeys(field for schema in resolved for field in schema["properties"])
            yield f"{path}.keys().hasOnly({listed(fields)})"
        case "integer" | "number":
            yield f"{path} is number"
        case "boolean":
            yield f"{path} is bool"
        case other:
            raise GenerateError(f"No rule is known for {path}, which is of type {other}.")
