"""Rules for the `input` of a job. They refuse input that no worker could use.

The rules are wider than the models, because the worker names every problem to the user. Rules can only refuse.
"""

from collections.abc import Iterator, Mapping, Sequence

from stoker import registry
from stoker.models.document import Model
from stoker_tools.generate.checks import function, listed, size
from stoker_tools.generate.documents import inputs
from stoker_tools.generate.errors import GenerateError
from stoker_tools.generate.fields import Schema, without_null

MAX_WORD = 100
"""The most characters of a text without a limit in the model. The worker checks such texts."""


def input_functions(name: str) -> str:
    """Return the function `{name}Fits(type, input)`, and the functions that it calls.

    Args:
        name: The name of the map, such as `input`.

    Raises:
        GenerateError: The input of a job type is not a model, or two inputs have the same name.
    """
    choice = ""
    parts: dict[str, str] = {}
    for job_type in reversed([*registry.job_types().values()]):
        of_type = _function_name(job_type.input)
        choice = f"type == '{job_type.name}' ? {of_type}(input) :\n    {choice}" if choice else f"{of_type}(input)"
        part = _function(of_type, inputs()[job_type.name])
        if parts.setdefault(of_type, part) != part:
            raise GenerateError(f"Rename {job_type.input}, because another type's input has the same name.")
    return "\n\n".join(
        [
            "// From stoker.models. Refuses input that no worker could use; the worker names every other problem.\n"
            f"function {name}Fits(type, input) {{\n  return {choice or 'false'};\n}}",
            *reversed(parts.values()),
        ]
    )


def _function_name(path: str) -> str:
    """Name the function that checks an input.

    Example:
        >>> _function_name("stoker.models.video:VideoInput")
        'videoInputFits'
    """
    model = path.partition(":")[2].removesuffix("Input")
    return f"{model[:1].lower()}{model[1:]}InputFits"


def _function(name: str, models: Sequence[type[Model]]) -> str:
    if not models:
        raise GenerateError(f"No rule can be made for {name}: the input must be a model, or a union of models.")
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
            checks += conditions  # This field selects the model, so it is required.
        elif len(conditions) == 1:
            checks.append(f"(!('{field}' in input) || {conditions[0]})")
        else:
            checks.append(f"(!('{field}' in input) || ({' && '.join(conditions)}))")
    return function(name, ["input"], checks)


def _wide(path: str, schemas: Sequence[Schema], definitions: Mapping[str, Schema]) -> Iterator[str]:
    """Yield conditions that every value of any of the schemas meets. They are wider than the schemas."""
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
