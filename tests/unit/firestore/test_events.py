"""Events whose documents hold references."""

from typing import Any

import pytest
from cloudevents.http import CloudEvent
from google.events.cloud.firestore import DocumentEventData, Value

from stoker.firestore.trigger_events import decodable

ELSEWHERE = {"reference_value": "projects/another/databases/(default)/documents/a/b"}
HERE = {"reference_value": "projects/demo/databases/(default)/documents/tasks/spring"}
BYTES = {"bytes_value": ELSEWHERE["reference_value"].encode()}
TEXT = {"string_value": ELSEWHERE["reference_value"]}


def listed(*values: dict[str, Any]) -> dict[str, Any]:
    return {"array_value": {"values": list(values)}}


def mapped(**fields: dict[str, Any]) -> dict[str, Any]:
    return {"map_value": {"fields": fields}}


def event(value: dict[str, Any], before: dict[str, Any] | None = None) -> CloudEvent:
    """The writing of a document with a field."""
    old = {"old_value": {"name": "tasks/spring", "fields": {"field": before}}} if before else {}
    data = DocumentEventData({"value": {"name": "tasks/spring", "fields": {"field": value}}, **old})
    attributes = {"type": "written", "source": "firestore", "document": "tasks/spring"}
    return CloudEvent(attributes, DocumentEventData.serialize(data))


def received(sent: CloudEvent) -> CloudEvent:
    """The event as the function gets it."""
    got: list[CloudEvent] = []
    decodable(got.append)(sent)
    [one] = got
    assert one.get_attributes() == sent.get_attributes()
    return one


def fields_of(received_event: CloudEvent) -> tuple[Value, Value]:
    data = DocumentEventData.deserialize(received_event.get_data())
    return data.value.fields["field"], data.old_value.fields["field"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (ELSEWHERE, BYTES),
        (listed(TEXT, ELSEWHERE), listed(TEXT, BYTES)),
        (mapped(a=mapped(b=ELSEWHERE), c=TEXT), mapped(a=mapped(b=BYTES), c=TEXT)),
        (listed(mapped(title=ELSEWHERE, completed=TEXT)), listed(mapped(title=BYTES, completed=TEXT))),
    ],
)
def test_a_reference_into_another_database_becomes_bytes_wherever_it_stands(
    written: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert fields_of(received(event(written, TEXT))) == (Value(expected), Value(TEXT))
    assert fields_of(received(event(TEXT, written))) == (Value(TEXT), Value(expected))


def test_no_reference_stays() -> None:
    value, _ = fields_of(received(event(HERE, TEXT)))
    assert value.bytes_value == HERE["reference_value"].encode()


@pytest.mark.parametrize("data", [b"", {"value": {}}, None])
def test_an_event_without_a_document_is_passed_on_as_it_is(data: Any) -> None:
    sent = CloudEvent({"type": "written", "source": "firestore"}, data)
    assert received(sent).get_data() == data


def test_other_events_are_passed_on_as_they_are() -> None:
    sent = event(listed(TEXT, mapped(a=TEXT)), TEXT)
    assert received(sent) is sent


def test_the_name_and_the_endpoint_of_the_function_stay() -> None:
    def trigger(event: CloudEvent) -> None:
        """A trigger."""

    vars(trigger)["__firebase_endpoint__"] = "endpoint"
    assert vars(decodable(trigger))["__firebase_endpoint__"] == "endpoint"
    assert decodable(trigger).__name__ == "trigger"
