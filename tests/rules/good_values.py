"""Values at the bounds of a field, by its schema."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from stoker.models.user import INVISIBLE, MAX_NAME, NOT_IN_NAMES
from stoker_tools.generate.fields import Schema, without_null

MATCHING = {
    r"^[A-Za-z0-9_-]{1,128}$": ("a", "adas", "-", "A" * 128, "x_1"),
    r"^[^\n]{1,50}$": ("a", "two words", "ü" * 50, "🐈" * 50, "\x00"),
    r"^[a-z][a-z0-9_.-]{0,63}$": ("a", "video.played", "a" * 64, "a-1_b"),
    r"^[^\n]{0,500}$": ("", "a", "ü" * 500, "🐈" * 250, "\t"),
    f"^[^{NOT_IN_NAMES}]*[^{INVISIBLE}{NOT_IN_NAMES}][^{NOT_IN_NAMES}]*$": (
        "a",
        "Ada Lovelace",
        " a ",
        "\u200ba",
        "علی\u200cرضا",
        "👩\u200d🚀",
        "ü" * MAX_NAME,
        "🐈" * (MAX_NAME // 2),
    ),
    r"^https://[!-~]+$": ("https://a", "https://example.com/a?b=c#d", "https://" + "a" * 2040),
    r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$": ("de", "pt-BR", "zh-Hant-TW", "a" * 8 + "-b2345678" * 3),
    r"^[A-Za-z][A-Za-z0-9_+/-]*$": ("UTC", "Europe/Berlin", "Etc/GMT+5", "A" * 64),
}
"""Strings that match the patterns of the models."""


def good_values(schema: Schema, definitions: dict[str, Schema]) -> Iterator[Any]:
    """Values that the rules must allow for a field.

    Args:
        schema: Of the field's value.
        definitions: Of the maps that it refers to.
    """
    schema, nullable = without_null(schema)
    if nullable:
        yield None
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if "const" in schema:
        yield schema["const"]
        return
    if "enum" in schema:
        yield from schema["enum"]
        return
    match schema.get("type"):
        case "boolean":
            yield from (True, False)
        case "integer" | "number":
            yield from {schema.get("minimum", 0), schema.get("maximum", 10**6)}
        case "string" if schema.get("format") == "date-time":
            yield datetime(2030, 1, 1, tzinfo=UTC)
        case "string" if "pattern" in schema:
            yield from MATCHING[schema["pattern"]]
        case "string":
            yield from {"a" * schema.get("minLength", 0), "a" * schema.get("maxLength", 1000)}
        case "array":
            items = list(good_values(schema["items"], definitions))
            most = schema.get("maxItems", len(items))
            yield []
            yield from ([item] for item in items)
            yield (items * most)[:most]
        case "object" if "properties" in schema:
            if not schema.get("required"):
                yield {}
            for name, inner in schema["properties"].items():
                yield from ({**_least(schema, definitions), name: value} for value in good_values(inner, definitions))


def _least(schema: Schema, definitions: dict[str, Schema]) -> dict[str, Any]:
    required = schema.get("required", [])
    return {name: next(good_values(schema["properties"][name], definitions)) for name in required}
