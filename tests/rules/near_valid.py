"""Documents that are nearly as they must be: most of them valid, or wrong in one place."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from rules.bad_values import MEGABYTE, bad_values
from rules.good_values import MATCHING
from rules.written import Collection
from stoker.models.writers import InitialValue, TimeWindow, Transitions, Writer
from stoker_tools.generate.fields import DocumentField, Schema, without_null
from stoker_tools.rules_lab.values import NOW

ALPHABETS = ("a", "Z9_-", "ü", "🐈", " ", "\n", "a\u00a0", "/", "\x00b", "߿")

Fields = dict[str, Any]


class NearlyValid:
    """Draws documents, the same ones for the same seed.

    Args:
        seed: Where to begin.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def creation(self, collection: Collection, document_id: str) -> Fields:
        """A new document of Ada's."""
        fields = {**collection.least, "id": document_id}
        for item in collection.fields():
            if item.name not in fields and item.writer is not Writer.SERVER and self.random.random() < 0.4:
                fields[item.name] = self.valid(item, collection.schema())
        return self._spoiled(fields, collection)

    def change(self, collection: Collection) -> Fields:
        """Return the fields to write into a document of Ada's."""
        fields = {"updatedAt": NOW}
        for item in collection.fields():
            if item.writer is Writer.CLIENT and self.random.random() < 0.4:
                fields[item.name] = self.valid(item, collection.schema())
        return self._spoiled(fields, collection)

    def _spoiled(self, fields: Fields, collection: Collection) -> Fields:
        for _ in range(self.random.choice((0, 0, 1, 1, 1, 2))):
            item = self.random.choice(collection.fields())
            draw = self.random.random()
            if draw < 0.1:
                fields.pop(item.name, None)
            elif draw < 0.15:
                fields[self.random.choice(("ghost", "isAdmin", "Title"))] = 1
            elif item.name not in ("id", "userId"):
                wrong = [*self._edges(item, collection.schema()), *_wrong(item, collection.schema())]
                fields[item.name] = self.random.choice(wrong)
        return fields

    def valid(self, item: DocumentField, schema: Schema) -> Any:
        """A value that a client may write at this time."""
        if item.writer in (Writer.CREATION_TIME, Writer.WRITE_TIME):
            return NOW
        if begins := item.statement(InitialValue):
            return begins.value
        if item.statement(TimeWindow):
            return datetime.now(UTC) - timedelta(minutes=self.random.randint(1, 60))
        if item.name == "projectId":
            return "adas"
        return self._valid(item.schema, schema.get("$defs", {}))

    def _valid(self, schema: Schema, definitions: dict[str, Schema]) -> Any:
        kinds = schema.get("anyOf")
        if kinds:
            return self._valid(self.random.choice(kinds), definitions)
        if "$ref" in schema:
            return self._valid(definitions[schema["$ref"].rpartition("/")[2]], definitions)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        match schema["type"]:
            case "null":
                return None
            case "boolean":
                return self.random.random() < 0.5
            case "integer":
                return self.random.randint(schema.get("minimum", -9), schema.get("maximum", 9))
            case "number":
                return self.random.choice((0.5, -1, schema.get("minimum", 0), schema.get("maximum", 1)))
            case "string" if schema.get("format") == "date-time":
                return datetime(2030, 1, 1, tzinfo=UTC) + timedelta(seconds=self.random.randint(-(10**9), 10**9))
            case "string" if "pattern" in schema:
                return self.random.choice(MATCHING[schema["pattern"]])
            case "string":
                least, most = schema.get("minLength", 0), schema.get("maxLength", 20)
                letter = self.random.choice("aaaaüü  🐈")
                return letter * self.random.choice((least, most, self.random.randint(least, most)))
            case "array":
                count = self.random.choice((0, 1, 3, schema.get("maxItems", 3)))
                return [self._valid(schema["items"], definitions) for _ in range(count)]
            case _:
                return self._valid_map(schema, definitions)

    def _valid_map(self, schema: Schema, definitions: dict[str, Schema]) -> Fields:
        for values in schema.get("patternProperties", {}).values():
            return {f"name{i}": self._valid(values, definitions) for i in range(self.random.choice((0, 1, 20)))}
        required = schema.get("required", [])
        return {
            name: self._valid(inner, definitions)
            for name, inner in schema.get("properties", {}).items()
            if name in required or self.random.random() < 0.5
        }

    def _edges(self, item: DocumentField, schema: Schema) -> Iterator[Any]:
        """Yield values at the bounds. Some of them are valid."""
        inner, _ = without_null(item.schema)
        texts = [letters * count for letters in ALPHABETS for count in (1, 2, 25, 50, 51, 100, 101, 200, 201)]
        if inner.get("type") == "string" and inner.get("format") != "date-time":
            yield from self.random.sample(texts, 6)
        elif inner.get("type") == "array":
            yield from ([text] for text in self.random.sample(texts, 4))
            others: tuple[Any, ...] = (7, None, True, 0.5, "a\nb", {})
            yield from (["a", value] for value in others)
        elif "patternProperties" in inner:
            yield from ({"name": text} for text in self.random.sample(texts, 4))
            yield from ({"name": "a" * 499 + letters} for letters in ALPHABETS)
            yield from ({text: 1} for text in self.random.sample(texts, 4) if "." not in text)
        if item.name == "input":
            yield from ({"source": 5}, {"ghost": 1}, {"outputs": "all"}, {"source": "a" * 1024})
        if moves := item.statement(Transitions):
            yield from moves.to
        if item.writer is not Writer.SERVER:
            yield self.valid(item, schema)


def _wrong(item: DocumentField, schema: Schema) -> Sequence[Any]:
    return [value for _, value in bad_values(item.schema, schema.get("$defs", {})) if not _is_huge(value)]


def _is_huge(value: Any) -> bool:
    return value == MEGABYTE or (
        isinstance(value, list | dict) and MEGABYTE in (value if isinstance(value, list) else value.values())
    )
