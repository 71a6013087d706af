"""Values in the form of Firestore's REST interface."""

import base64
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

Value = dict[str, Any]
"""A value of the REST interface: https://firebase.google.com/docs/firestore/reference/rest/v1/Value"""


class Now(Enum):
    """The type of `NOW`, which stands for the server's time."""

    NOW = "now"


NOW = Now.NOW


@dataclass(frozen=True)
class Later:
    """A time relative to the time of the request.

    Attributes:
        by: The time after the request. A negative time is before the request.
    """

    by: timedelta


def encoded(value: Any) -> Value:
    """Return a value in the form of Firestore's REST interface.

    Raises:
        TypeError: Firestore has no value of this type.

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
