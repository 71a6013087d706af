"""The Python module that is made from `rules/functions.rules` and deployed."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from stoker import registry
from stoker.models.problems import problems
from stoker.models.user import Permission, Role
from stoker_tools.generate.errors import GenerateError

Invoker = Literal["eventarc", "cloud-tasks", "cloud-scheduler", "identity-platform"]
"""The service that calls a function which no client may call."""

HEAD = '''"""The rights to call each function. Made by scripts/generate from rules/functions.rules: change it there."""

from collections.abc import Mapping

from stoker.access.policy import CallPolicy

'''


class _Entry(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", strict=True)


class CallableEntry(_Entry):
    """The entry of a function that clients call. There are no defaults."""

    signed_in: bool
    roles: list[Role]
    permissions: list[Permission]
    app_check: bool
    calls_per_minute: Annotated[int, Field(ge=1, le=600)] | None

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.signed_in and (not self.roles or self.calls_per_minute is None):
            raise ValueError("if signedIn is true, roles must name a role and callsPerMinute must be a number")
        if not self.signed_in and (self.roles or self.permissions or self.calls_per_minute is not None):
            raise ValueError("if signedIn is false, roles and permissions must be empty and callsPerMinute null")
        return self


class InvokerEntry(_Entry):
    """The entry of a function that the platform calls."""

    invoker: Invoker


def queues() -> str:
    """Return the entries of the functions that run jobs, for `rules/functions.rules`."""
    names = [queue.name for job_type in registry.job_types().values() for queue in job_type.queues]
    return "\n\n".join(f"{name}:\n  invoker: cloud-tasks" for name in names)


def policies(text: str) -> str:
    """Return the text of the Python module with the same entries.

    Args:
        text: The text of `rules/functions.rules`.

    Raises:
        GenerateError: The text is not YAML, or an entry is wrong.
    """
    named = entries(text)
    lines = ["CALLABLES: Mapping[str, CallPolicy] = {"]
    for name, entry in named.items():
        if isinstance(entry, CallableEntry):
            lines += [f'    "{name}": CallPolicy(']
            lines += [f"        {field}={_literal(getattr(entry, field))}," for field in CallableEntry.model_fields]
            lines += ["    ),"]
    return HEAD + "\n".join([*lines, "}", ""])


def entries(text: str) -> Mapping[str, CallableEntry | InvokerEntry]:
    """Return the entry of each function.

    Args:
        text: The text of `rules/functions.rules`.

    Raises:
        GenerateError: The text is not YAML, or an entry is wrong.
    """
    try:
        named = yaml.load(text, _UniqueLoader)
    except yaml.YAMLError as error:
        raise GenerateError(f"rules/functions.rules is not YAML: {error}") from None
    if not isinstance(named, dict):
        raise GenerateError("rules/functions.rules must name functions.")
    return {_name(name): _entry(_name(name), given) for name, given in named.items()}


def _name(name: object) -> str:
    if not isinstance(name, str) or not name.isidentifier():
        raise GenerateError(f"rules/functions.rules: {name!r} is not the name of a function.")
    return name


def _entry(name: str, given: object) -> CallableEntry | InvokerEntry:
    model = InvokerEntry if isinstance(given, dict) and "invoker" in given else CallableEntry
    try:
        return model.model_validate(given)
    except ValidationError as error:
        listed = "; ".join(problems(error, given))
        raise GenerateError(
            f"rules/functions.rules: {name} needs signedIn, roles, permissions, appCheck and callsPerMinute, or its "
            f"invoker ({', '.join(get_args(Invoker))}): {listed}."
        ) from None


def _literal(value: Any) -> str:
    if isinstance(value, list):
        items = ", ".join(f'"{item}"' for item in value)
        return f"({items},)" if len(value) == 1 else f"({items})"
    return repr(value)


class _UniqueLoader(yaml.SafeLoader):
    """Refuse a function that is named twice. Otherwise YAML would drop its first entry."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = {str(name) for name in names if names.count(name) > 1}
        if twice:
            raise yaml.YAMLError(f"{', '.join(twice)} is there twice")
        return super().construct_mapping(node, deep)
