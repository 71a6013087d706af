"""Every value that Firestore stores can be decoded, and the client library's values are the same."""

from datetime import UTC, datetime
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore
from google.cloud.firestore_v1._helpers import decode_value
from google.cloud.firestore_v1.vector import Vector
from hypothesis import given, settings

from stoker.firestore import values
from stoker.firestore.messages import written
from stoker.firestore.values import decoded, item_of, moment_of
from unit.firestore.value_messages import ROOT, VALUES, Message

CLIENT = firestore.Client(project="p", credentials=AnonymousCredentials())


@pytest.fixture(autouse=True)
def _client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "client", lambda: CLIENT)


def shown(value: object) -> object:
    """A value as data that can be compared: NaN is equal to NaN, and 1 is not equal to 1.0 or True."""
    match value:
        case list():
            return [shown(one) for one in value]
        case dict():
            return {name: shown(one) for name, one in value.items()}
        case firestore.DocumentReference():
            return ("reference", value.path)
        case Vector():
            return ("vector", repr(list(value)))
    return (type(value), repr(value), getattr(value, "nanosecond", None))


@pytest.mark.slow
@settings(max_examples=300)
@given(VALUES)
def test_values_are_those_of_the_client_library(value: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(values, "client", lambda: CLIENT)
        assert shown(decoded(value)) == shown(decode_value(value, CLIENT))


def test_a_reference_into_another_project_is_a_text() -> None:
    elsewhere = "projects/other/databases/(default)/documents/a/b"
    assert decoded(Message(reference_value=elsewhere)) == elsewhere
    assert decoded(Message(reference_value=f"{ROOT}/a/b")) == CLIENT.document("a/b")


def test_a_map_that_only_looks_like_a_vector_stays_a_map() -> None:
    value = Message()
    value.map_value.fields["__type__"].string_value = "__vector__"
    assert decoded(value) == {"__type__": "__vector__"}
    value.map_value.fields["value"].array_value.values.add().string_value = "x"
    assert decoded(value) == {"__type__": "__vector__", "value": ["x"]}
    value.map_value.fields["value"].array_value.values[0].double_value = 0.5
    assert decoded(value) == Vector([0.5])


def test_nanoseconds_and_times_before_1970_are_kept() -> None:
    value = Message()
    value.timestamp_value.seconds, value.timestamp_value.nanos = -1, 250_000_001
    found = moment_of(value.timestamp_value)
    assert found == datetime(1969, 12, 31, 23, 59, 59, 250_000, UTC)
    assert found.nanosecond == 250_000_001


def test_an_item_has_the_documents_id() -> None:
    written_with_another = written(f"{ROOT}/tasks/spring", {"id": 7, "title": "Clean"}).update
    assert item_of(written_with_another) == {"id": "spring", "title": "Clean"}
