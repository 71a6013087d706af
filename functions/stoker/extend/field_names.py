"""The names of fields in a declaration of an app."""

import re
from collections.abc import Iterable
from typing import Final

from stoker.registry import RegistrationError

FIELD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
"""The form of a field's path. Firestore takes such a path without quotes.
Source: https://firebase.google.com/docs/firestore/quotas (field names and paths)"""


def checked_fields(collection: str, name: str, fields: Iterable[str]) -> tuple[str, ...]:
    """Return the fields of an argument.

    Args:
        collection: The name of the collection, for the message of an error.
        name: The name of the argument. In `order`, a field may begin with a hyphen.
        fields: The fields, or a single field.

    Raises:
        RegistrationError: A field has no form of a path, or is named twice.

    Example:
        >>> checked_fields("notes", "order", "-createdAt")
        ('-createdAt',)
    """
    found = (fields,) if isinstance(fields, str) else tuple(fields)
    for field in found:
        bare = field.removeprefix("-") if name == "order" and isinstance(field, str) else field
        if not isinstance(bare, str) or not FIELD.fullmatch(bare):
            raise RegistrationError(
                f"The query of {collection} has {name}={field!r}, which is no field. Name the field as Firestore does, "
                "such as createdAt."
            )
    bare_names = [field.removeprefix("-") for field in found]
    if len(set(bare_names)) < len(bare_names):
        raise RegistrationError(f"The query of {collection} has {name}={found!r}. Name each field once.")
    return found
