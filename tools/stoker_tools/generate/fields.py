"""What a model says of its fields, as all that is made from it needs it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

from stoker.models.document import Model
from stoker.models.writers import Writer, writer_of

Said = TypeVar("Said")

Schema = dict[str, Any]
"""JSON Schema, as pydantic makes it."""


@dataclass(frozen=True)
class DocumentField:
    """A field of a model.

    Attributes:
        name: In camelCase, as Firestore has it.
        python_name: In snake_case.
        schema: Of its value, which may refer to the model's definitions.
        required: Whether a document without it is refused.
        default: What it is where it is left out; None where there is nothing.
        writer: Who writes it.
        metadata: What else the model says of it: `Begins`, `Near`, `Moves`.
    """

    name: str
    python_name: str
    schema: Schema
    required: bool
    default: Any
    writer: Writer
    metadata: Sequence[object]

    def said(self, kind: type[Said]) -> Said | None:
        """What the model says of the field in this kind of words."""
        return next((item for item in self.metadata if isinstance(item, kind)), None)


def fields_of(model: type[Model], schema: Schema) -> list[DocumentField]:
    """All fields of a model, in its order.

    Args:
        model: The document's.
        schema: What pydantic makes of it.
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


def as_javascript(text: str) -> str:
    r"""Return a text with patterns of Python, such as `\U000e0001`, as JavaScript writes them with the flag `u`.

    Example:
        >>> as_javascript(r"[\U000e0000-\U000e0fff]")
        '[\\u{e0000}-\\u{e0fff}]'
    """
    return re.sub(r"\\U000([0-9a-f]{5})", r"\\u{\1}", text)


def without_null(schema: Schema) -> tuple[Schema, bool]:
    """A field's schema without the null that it may be instead, and whether it may."""
    kinds = schema.get("anyOf", [])
    others = [kind for kind in kinds if kind.get("type") != "null"]
    return (others[0], True) if len(kinds) == 2 and len(others) == 1 else (schema, False)
