"""The form of a document as JSON that a person can read."""

import base64
import math
from typing import Any

from google.cloud.firestore_v1.types import Document

from stoker.firestore.raw import path_of


def readable(document: Document) -> dict[str, Any]:
    """Return a document as JSON: its path, its times and its fields.

    Timestamps are texts of RFC 3339 with all digits, bytes are base64, and references are paths. The numbers that JSON
    does not have are the texts `NaN`, `Infinity` and `-Infinity`.
    """
    raw = Document.pb(document)
    return {
        "path": path_of(document),
        "createTime": raw.create_time.ToJsonString(),
        "updateTime": raw.update_time.ToJsonString(),
        "fields": {name: _plain(value) for name, value in sorted(raw.fields.items())},
    }


def _plain(value: Any) -> Any:
    kind = value.WhichOneof("value_type")
    match kind:
        case None | "null_value":
            return None
        case "double_value" if not math.isfinite(value.double_value):
            number = value.double_value
            return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
        case "timestamp_value":
            return value.timestamp_value.ToJsonString()
        case "bytes_value":
            return base64.b64encode(value.bytes_value).decode()
        case "geo_point_value":
            return {"latitude": value.geo_point_value.latitude, "longitude": value.geo_point_value.longitude}
        case "array_value":
            return [_plain(element) for element in value.array_value.values]
        case "map_value":
            return {name: _plain(element) for name, element in sorted(value.map_value.fields.items())}
        case _:
            return getattr(value, kind)
