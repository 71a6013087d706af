"""Values as Firestore's REST interface has them."""

import base64
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

Value = dict[str, Any]
"""As https://firebase.google.com/docs/firestore/reference/rest/v1/Value describes it."""


class Now(Enum):
    """The server's time, which the server itself fills in."""

    NOW = "now"


NOW = Now.NOW


@dataclass(frozen=True)
class Later:
    """A time, so long after the request is made; before it, where the duration is negative."""

    by: timedelta


def encoded(value: Any) -> Value:
    """The value as Firestore's REST interface has it.

    Raises:
        TypeError: Firestore has no such value.

    Example:
        >>> encoded({"tags": ["a", 1]})
        {'mapValue': {'fields': {'tags': {'arrayValue': {'values': [{'stringValue': 'a'}, {'integerValue': '1'}]}}}}}
    """
    match value:
        case None:
            return {"nullValue": None}
        case bool():
            return {"booleanValue": value}
        case int():
            return {"integerValue": str(value)}
        case float():
            return {"doubleValue": value if math.isfinite(value) else _NO_NUMBERS[str(value)]}
        case str():
            return {"stringValue": value}
        case bytes():
            return {"bytesValue": base64.b64encode(value).decode()}
        case datetime():
            return {"timestampValue": value.astimezone(UTC).isoformat().replace("+00:00", "Z")}
        case Later(by):
            return encoded(datetime.now(UTC) + by)
        case Mapping():
            return {"mapValue": {"fields": {name: encoded(item) for name, item in value.items()}}}
        case list() | tuple():
            return {"arrayValue": {"values": [encoded(item) for item in value]}}
    raise TypeError(f"Firestore has no value such as {value!r}.")


_NO_NUMBERS = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
