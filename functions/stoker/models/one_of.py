"""A text that must be a name of a list which may still grow, such as the types of jobs."""

from collections.abc import Callable, Iterable
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticKnownError, core_schema


class OneOf:
    """The annotation of a text that must be a name of a list.

    A `Literal` would fix the names when its module is imported. This annotation reads the list at each validation, so
    an app may register a type of job after the models were imported.

    Args:
        names: A function that returns the names.

    Example:
        >>> from typing import Annotated
        >>> from pydantic import TypeAdapter
        >>> colours = ["red", "blue"]
        >>> adapter = TypeAdapter(Annotated[str, OneOf(lambda: colours)])
        >>> colours.append("green")
        >>> adapter.validate_python("green")
        'green'
    """

    def __init__(self, names: Callable[[], Iterable[str]]) -> None:
        self._names = names

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self._checked, serialization=core_schema.to_string_ser_schema()
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"enum": [*self._names()], "type": "string"}

    def _checked(self, value: object) -> str:
        names = [*self._names()]
        if not isinstance(value, str) or value not in names:
            raise PydanticKnownError("literal_error", {"expected": _listed(names)})
        return value


def _listed(names: Iterable[str]) -> str:
    """Return the names in pydantic's words for the values of a `Literal`."""
    quoted = [f"'{name}'" for name in names]
    return " or ".join([part for part in (", ".join(quoted[:-1]), *quoted[-1:]) if part])
