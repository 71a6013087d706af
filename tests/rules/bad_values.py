"""Values that a field must not have, by its schema."""

import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from stoker_tools.generate.fields import Schema, without_null

BEGINNINGS = {
    r"^https://[!-~]+$": "https://",
    r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$": "aaaaaaaa-bbbbbbbb-cccccccc-dddd-",
}
"""Beginnings of texts that match a pattern with any length."""

Bad = tuple[str, Any]
"""A description of the error in a few words, and the wrong value."""

MEGABYTE = "x" * 1_000_000

OF_EACH_TYPE = {
    "null": None,
    "string": "text",
    "integer": 7,
    "number": 0.5,
    "boolean": True,
    "date-time": datetime(2026, 1, 1, tzinfo=UTC),
    "object": {"a": 1},
    "array": ["a"],
    "bytes": b"x",
}

STRANGE = (
    "",
    " ",
    "a\nb",
    "\n",
    "ü\x00",
    "../../etc",
    "a/b",
    "__proto__",
    "<script>",
    "x" * 3000,
    "🐈",
    "a\u00a0b",
    "\u200b",
    "\u3164 \u00ad",
    "a\u202eb",
    "-",
)


def bad_values(schema: Schema, definitions: dict[str, Schema]) -> Iterator[Bad]:
    """Values that the rules must refuse for a field.

    Args:
        schema: Of the field's value.
        definitions: Of the maps that it refers to.
    """
    schema, nullable = without_null(schema)
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    yield from _other_types(schema, nullable)
    if "const" in schema:
        yield from ((f"{value!r}", value) for value in (0, 2, -1))
    elif "enum" in schema:
        yield from (
            (f"{value!r}", value) for value in ("", "ghost", schema["enum"][0].upper(), schema["enum"][0] + " ")
        )
    elif schema.get("type") == "string" and schema.get("format") != "date-time":
        yield from _strings(schema)
    elif schema.get("type") in ("integer", "number"):
        yield from _numbers(schema)
    elif schema.get("type") == "array":
        yield from _lists(schema)
    elif schema.get("type") == "object":
        yield from _maps(schema, definitions)


def _other_types(schema: Schema, nullable: bool) -> Iterator[Bad]:
    kind = schema.get("format") or schema.get("type")
    kind = "string" if "enum" in schema else kind
    for other, value in OF_EACH_TYPE.items():
        if other == kind or (other == "null" and nullable) or (kind == "number" and other == "integer"):
            continue
        if "const" in schema and value == schema["const"]:
            continue
        yield f"a value of type {other}", value
    # What has no size and no keys, where a check may ask for them.
    for label, empty in (("an empty map", {}), ("an empty list", []), ("an empty string", "")):
        if {"object": {}, "array": []}.get(str(kind)) != empty and not (kind == "string" and empty == ""):
            yield label, empty


def _strings(schema: Schema) -> Iterator[Bad]:
    yield "a megabyte", MEGABYTE
    if "maxLength" in schema:
        text = BEGINNINGS.get(schema.get("pattern", ""), "")
        yield "one character too many", text + "a" * (schema["maxLength"] + 1 - len(text))
    if schema.get("minLength"):
        yield "an empty string", ""
    if "not" in schema:
        yield from ((f"the reserved word {word}", word) for word in schema["not"]["enum"])
    if "pattern" in schema:
        for value in STRANGE:
            if not re.fullmatch(schema["pattern"], value):
                yield f"{value[:20]!r}", value
        if match := re.search(r"\{1,(\d+)\}\$$", schema["pattern"]):
            yield "one character too many", "a" * (int(match[1]) + 1)
        if match := re.search(r"\{0,(\d+)\}\$$", schema["pattern"]):
            yield "one character too many", "a" * (int(match[1]) + 2)


def _numbers(schema: Schema) -> Iterator[Bad]:
    if schema["type"] == "integer":
        yield "a whole number that is none", 5.0
    for bound, step in (("minimum", -1), ("maximum", 1)):
        if bound in schema:
            limit = int(schema[bound])
            yield f"beyond the {bound}", limit + step
            yield f"far beyond the {bound}", step * 2**62
            yield f"infinitely beyond the {bound}", step * math.inf
            yield "no number at all", math.nan


def _lists(schema: Schema) -> Iterator[Bad]:
    items = schema["items"]
    item: Any = {"title": "a"} if "$ref" in items else items.get("enum", ["a"])[0]
    if "maxItems" in schema:
        yield "one item too many", [item] * (schema["maxItems"] + 1)
    if "enum" in items:
        yield "an item that is not one of them", [item, "ghost"]
        yield "an item of another type", [item, 7]
    elif items.get("type") == "string":
        for label, value in _strings(items):
            yield f"an item: {label}", ["a", value]
        yield "an item that looks like two", ["a\nb"]
        yield "an item that is a map", ["a", {"a": "b"}]
        yield "an empty item alone", [""]


def _maps(schema: Schema, definitions: dict[str, Schema]) -> Iterator[Bad]:
    if "properties" in schema:
        yield "a ghost field", {"ghost": 1}
        for name, inner in schema["properties"].items():
            yield from ((f"{name}: {label}", {name: value}) for label, value in bad_values(inner, definitions))
    elif "patternProperties" in schema:
        yield "too many fields", {f"field{i}": i for i in range(schema["maxProperties"] + 1)}
        yield "a deep map", {"a": {"b": {"c": {"d": "e"}}}}
        yield "a list in it", {"a": ["b"]}
        yield "a time in it", {"a": datetime(2026, 1, 1, tzinfo=UTC)}
        yield "bytes in it", {"a": b"x"}
        yield "a megabyte in it", {"a": MEGABYTE}
        yield "a text that is too long", {"b": 1, "a": "x" * 501}
        yield from ((f"the text {text!r}", {"b": 1, "a": text}) for text in ("a\nb", "\n", "a\n", "\na"))
        yield from ((f"the name {name!r}", {"b": 1, name: "b"}) for name in ("c\nd", "\nc", "c\n"))
        yield from ((f"the name {name[:20]!r}", {"a": 1, name: "b"}) for name in ("1", "a b", "ü", "a" * 41, "a.b"))
