"""The fields of a model, as all generators need them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

from stoker.models.document import Model
from stoker.models.writers import Writer, writer_of

Statement = TypeVar("Statement")

Schema = dict[str, Any]
"""JSON Schema, as pydantic makes it."""


@dataclass(frozen=True)
class DocumentField:
    """A field of a model.

    Attributes:
        name: The name in Firestore, in camelCase.
        python_name: The name in Python, in snake_case.
        schema: The JSON Schema of its value. It may refer to the model's definitions.
        required: Whether a document without the field is refused.
        default: The value of a field that is left out; None if there is no default.
        writer: Who writes the field.
        metadata: The model's other statements about the field: `InitialValue`, `TimeWindow`, `Transitions`.
    """

    name: str
    python_name: str
    schema: Schema
    required: bool
    default: Any
    writer: Writer
    metadata: Sequence[object]

    def statement(self, kind: type[Statement]) -> Statement | None:
        """Return the model's statement of a kind about the field; None if there is no such statement."""
        return next((item for item in self.metadata if isinstance(item, kind)), None)


def fields_of(model: type[Model], schema: Schema) -> list[DocumentField]:
    """Return all fields of a model, in the order in which the model declares them.

    Args:
        model: The model.
        schema: The JSON Schema that pydantic makes of the model.
    """
    return [
        DocumentField(
            name=field.alias or python_name,
            python_name=python_name,
            schema=schema["properties"][field.alias or python_name],
            required=field.is_required(),
            default=None if field.is_required() else field.get_default(call_default_factory=True),
            writer=writer_of(field.metadata),
            metadata=field.metadata,
        )
        for python_name, field in model.model_fields.items()
    ]


def models_in(annotation: Any) -> Iterator[type[Model]]:
    """Find the models that a type consists of: itself, or those of a union, a list or a map.

    Args:
        annotation: The type, as Python code writes it.
    """
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for inner in get_args(annotation):
        yield from models_in(inner)


def models_within(model: type[Model]) -> Iterator[type[Model]]:
    """Find the models of a model's fields, at any depth. A model that several fields use comes several times.

    Args:
        model: The model.
    """
    for field in model.model_fields.values():
        for inner in models_in(field.annotation):
            yield inner
            yield from models_within(inner)


def as_javascript(text: str) -> str:
    r"""Return a text with patterns of Python, such as `\U000e0001`, as JavaScript writes them with the flag `u`.

    Example:
        >>> as_javascript(r"[\U000e0000-\U000e0fff]")
        '[\\u{e0000}-\\u{e0fff}]'
    """
    return re.sub(r"\\U000([0-9a-f]{5})", r"\\u{\1}", text)


def without_null(schema: Schema) -> tuple[Schema, bool]:
    """Return a field's schema without null as an alternative, and whether null is an alternative."""
    kinds = schema.get("anyOf", [])
    others = [kind for kind in kinds if kind.get("type") != "null"]
    return (others[0], True) if len(kinds) == 2 and len(others) == 1 else (schema, False)
