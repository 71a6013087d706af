"""Making the values of documents fit for a terminal and for JSON. Anyone may have written them."""

import base64
import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from google.cloud.firestore import DocumentReference, GeoPoint


def clean(value: object, length: int = 300) -> str:
    """Return a value as one line that is safe on a terminal.

    The line has no control characters and no change of the writing direction.

    Args:
        value: The value of a field.
        length: The most characters. A longer text is cut.
    """
    text = str(value)
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text[: length + 1])
    return shown if len(text) <= length else shown[: length - 1] + "…"


def as_json(value: object, indent: int | None = 2) -> str:
    """Return a value as JSON in ASCII. A value that JSON does not know becomes text."""
    return json.dumps(plain(value), indent=indent, allow_nan=False).replace("\x7f", "\\u007f")


def plain(value: Any) -> Any:
    """Return a value of Firestore in a form that JSON knows."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case datetime():
            return moment(value)
        case bytes():
            return base64.b64encode(value).decode()
        case GeoPoint():
            return {"latitude": value.latitude, "longitude": value.longitude}
        case DocumentReference():
            return value.path
        case Mapping():
            return {str(name): plain(one) for name, one in value.items()}
        case list() | tuple():
            return [plain(one) for one in value]
        case _:
            return str(value)


def moment(time: datetime) -> str:
    """Return a time in UTC, in the form that JavaScript uses too."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
