"""The value at the path of a field, in a document that is a plain protobuf message."""

from collections.abc import Sequence
from typing import Any


def value_at(document: Any, parts: Sequence[str]) -> Any | None:
    """Return the message of a field's value, None if the document lacks the field. The document stays as it is.

    Args:
        document: The document, as a plain protobuf message.
        parts: The names in the path of the field.

    Example:
        >>> from stoker.firestore.messages import DocumentMessage
        >>> document = DocumentMessage()
        >>> document.fields["owner"].map_value.fields["name"].string_value = "Ada"
        >>> value_at(document, ["owner", "name"]).string_value
        'Ada'
        >>> value_at(document, ["place", "town"]), "place" in document.fields
        (None, False)
    """
    fields, value = document.fields, None
    for name in parts:
        if name not in fields:  # fields[name] would insert it.
            return None
        value = fields[name]
        fields = value.map_value.fields  # empty if the value is no map
    return value
