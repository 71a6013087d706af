"""Conditions of the rules, made from JSON Schema. A condition checks the type and the bounds of a value."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from stoker_tools.generate.errors import GenerateError
from stoker_tools.generate.fields import Schema, without_null

WIDTH = 100
"""The most characters of a condition on one line."""

SCALARS = {"string", "integer", "number", "boolean", "null"}


class Checks:
    """A maker of conditions. It keeps the functions that its conditions call.

    Args:
        definitions: The schemas of the maps inside the document, by their names.
    """

    def __init__(self, definitions: dict[str, Schema]) -> None:
        self._definitions = definitions
        self._functions: dict[str, str] = {}

    def functions(self) -> list[str]:
        """Return the functions that the conditions call. Each of them checks a map inside the document."""
        return list(self._functions.values())

    def of(self, path: str, schema: Schema) -> Iterator[str]:
        """Yield the conditions that together check a value against its schema.

        Args:
            path: The value's name in the rules, such as `task.title`.
            schema: The schema of the value.

        Raises:
            GenerateError: No condition is known for the schema.
        """
        if "$ref" in schema:
            yield self._map(path, schema["$ref"].rpartition("/")[2])
        elif "const" in schema:
            yield f"{path} == {literal(schema['const'])}"
        elif "enum" in schema:
            yield f"{path} in {listed(schema['enum'])}"
        elif schema.get("format") == "date-time":
            yield f"{path} is timestamp"
        else:
            yield from self._typed(path, schema)

    def map_function(self, name: str, schema: Schema) -> str:
        """Return the function `{name}Fits`, which checks a map field by field.

        Args:
            name: The name of the map, such as `task`.
            schema: The schema of the map.
        """
        required = schema.get("required", [])
        checks = [f"{name}.keys().hasOnly({listed(schema['properties'])})"]
        for field, field_schema in schema["properties"].items():
            inner, nullable = without_null(field_schema)
            checks.append(join(name, field, list(self.of(f"{name}.{field}", inner)), field in required, nullable))
        return function(f"{name}Fits", [name], checks)

    def _map(self, path: str, defined: str) -> str:
        name = defined[0].lower() + defined[1:]
        if defined not in self._functions:
            self._functions[defined] = ""  # Reserves the place in the order, because the next line may add functions.
            self._functions[defined] = self.map_function(name, self._definitions[defined])
        return f"{name}Fits({path})"

    def _typed(self, path: str, schema: Schema) -> Iterator[str]:
        # A value of another type can't be matched or compared, and has no keys. This is an error in rules, which refuse
        # the request. So no condition about the type is needed.
        match schema.get("type"):
            case "string" if "pattern" in schema:
                yield from size(path, None, schema.get("maxLength"))
                yield f"{path}.matches({literal(_inner(schema['pattern']))})"
                if "not" in schema:
                    yield f"!({path} in {listed(schema['not']['enum'])})"
            case "string":
                yield f"{path} is string"
                yield from size(path, schema.get("minLength"), schema.get("maxLength"))
            case "integer" | "number" as kind:
                if kind == "integer" or not {"minimum", "maximum"} & schema.keys():
                    yield f"{path} is {'int' if kind == 'integer' else 'number'}"
                if "minimum" in schema:
                    yield f"{path} >= {literal(schema['minimum'])}"
                if "maximum" in schema:
                    yield f"{path} <= {literal(schema['maximum'])}"
            case "boolean":
                yield f"{path} is bool"
            case "array":
                yield from self._list(path, schema)
            case "object":
                yield f"{path} is map"
                yield from size(path, None, schema.get("maxProperties"))
                for keys, values in schema.get("patternProperties", {}).items():
                    names = _lines(f"{path}.keys()", keys)
                    texts = _lines(f"{path}.values()", _text(path, values))
                    yield f"({path}.size() == 0\n          || ({names}\n            && {texts}))"
            case other:
                raise GenerateError(f"No rule is known for {path}, which is of type {other}.")

    def _list(self, path: str, schema: Schema) -> Iterator[str]:
        """Yield the conditions of a list. Rules can't loop, so items that are maps are not checked."""
        items = schema["items"]
        if "enum" in items:
            yield f"{path}.hasOnly({listed(items['enum'])})"
        else:
            yield f"{path} is list"
        yield from size(path, schema.get("minItems"), schema.get("maxItems"))
        if items.get("type") == "string" and "pattern" in items:
            yield f"({path}.size() == 0\n          || ({_lines(path, items['pattern'])}))"


def _text(path: str, schema: Schema) -> str:
    """Return the pattern of the strings among values of several types. The other types are short if they are joined."""
    kinds = schema.get("anyOf", [schema])
    patterns = [kind["pattern"] for kind in kinds if "pattern" in kind]
    if len(patterns) != 1 or any(kind.get("type") not in SCALARS for kind in kinds):
        raise GenerateError(f"The values of {path} must be strings of one pattern, numbers, booleans or null.")
    return str(patterns[0])


def _lines(path: str, pattern: str) -> str:
    """Return a condition for all items of a list. Items have no line breaks, so each is a line of the joined list."""
    line = _inner(pattern)
    lines = literal(rf"({line})(\n({line}))*")
    one_line = literal(r"[^\n]*")
    return f"{path}.join('').matches({one_line})\n            && {path}.join('\\n').matches({lines})"


def _inner(pattern: str) -> str:
    """Return a pattern for `matches`, which matches the whole string anyway. RE2 has its own form of `\\u200b`."""
    return re.sub(r"\\u([0-9a-f]{4})|\\U000([0-9a-f]{5})", r"\\x{\1\2}", re.sub(r"^\^|\$$", "", pattern))


def join(holder: str, name: str, checks: Sequence[str], required: bool, nullable: bool) -> str:
    """Join the conditions of a field to a single condition. It also holds if an optional field is left out.

    Args:
        holder: The map with the field.
        name: The name of the field.
        checks: The conditions of the field.
        required: True if the field must be there.
        nullable: True if the field may be null.

    Raises:
        GenerateError: An optional field has no condition.
    """
    if required:
        return "\n    && ".join(checks)
    together = " && ".join(checks)
    absent = f"{holder}.get('{name}', null) == null" if nullable else f"!('{name}' in {holder})"
    if not checks:
        raise GenerateError(f"No rule is known for {holder}.{name}.")
    line = f"({absent} || {together})" if len(checks) == 1 else f"({absent} || ({together}))"
    if len(line) < WIDTH:
        return line
    return f"({absent}\n      || ({checks[0]}" + "".join(f"\n        && {check}" for check in checks[1:]) + "))"


def size(path: str, least: int | None, most: int | None) -> Iterator[str]:
    """Yield the conditions of the size of a string, a list or a map."""
    if least:
        yield f"{path}.size() >= {least}"
    if most is not None:
        yield f"{path}.size() <= {most}"


def function(name: str, parameters: Sequence[str], checks: Sequence[str]) -> str:
    """Return a function of the rules that is true if all conditions are true."""
    body = "\n    && ".join(checks)
    return f"function {name}({', '.join(parameters)}) {{\n  return {body};\n}}"


def listed(values: Iterable[object]) -> str:
    """Return a list in the rules' language."""
    text = ", ".join(literal(value) for value in values)
    if len(text) < 70:
        return f"[{text}]"
    lines = textwrap.fill(text, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6, break_on_hyphens=False)
    return f"[\n{lines}\n    ]"


def literal(value: object) -> str:
    """Return a value in the rules' language."""
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace("'", "\\'")
        return f"'{escaped}'"
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
