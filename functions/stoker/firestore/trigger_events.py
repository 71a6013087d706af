"""The decoding of Firestore's events, so that no document can stop a function from running."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from cloudevents.http import CloudEvent
from google.events.cloud.firestore import DocumentEventData

Function = TypeVar("Function", bound=Callable[..., Any])


def decodable(function: Function) -> Function:
    """Let a function receive events that the client library can't decode.

    The library fails on a reference into another database, before the function's own code runs. A client may write such
    a reference into a field whose type the security rules can't check. No document of Stoker holds references. So each
    reference is replaced by bytes, and the document's model then names the field as invalid.

    Args:
        function: A function that Firestore triggers. Put `@decodable` above `@on_document_written` and its siblings.
    """

    @functools.wraps(function)
    def decoded(event: CloudEvent) -> Any:
        return function(_without_references(event))

    return decoded  # type: ignore[return-value] # It has the same arguments.


def _without_references(event: CloudEvent) -> CloudEvent:
    data = event.get_data()
    if not isinstance(data, bytes):
        return event
    message = DocumentEventData.pb(DocumentEventData.deserialize(data))
    replaced = _replace(message.value.fields) + _replace(message.old_value.fields)
    return CloudEvent(event.get_attributes(), message.SerializeToString()) if replaced else event


def _replace(fields: Any) -> int:
    """Replace the references in a map; return their number."""
    return sum(_replace_value(value) for value in fields.values())


def _replace_value(value: Any) -> int:
    match value.WhichOneof("value_type"):
        case "reference_value":
            value.bytes_value = value.reference_value.encode()
            return 1
        case "map_value":
            return _replace(value.map_value.fields)
        case "array_value":
            return sum(_replace_value(one) for one in value.array_value.values)
    return 0
