"""The position of a document in a query."""

from stoker.firestore.messages import written
from stoker.firestore.selection import Selection
from stoker.pages.reading import position_of

NAME = "projects/p/databases/(default)/documents/tasks/spring"


def test_a_document_is_not_changed_by_asking_for_its_position() -> None:
    document = written(NAME, {"userId": "ada"}).update
    document.fields["place"].map_value.fields["town"].string_value = "Bern"
    before = document.SerializeToString(deterministic=True)
    selection = Selection("tasks", order=(("at.day", "ASCENDING"), ("place.town", "ASCENDING")))
    day, town, name = position_of(selection, document).values
    assert day.WhichOneof("value_type") is None
    assert (town.string_value, name.reference_value) == ("Bern", NAME)
    assert document.SerializeToString(deterministic=True) == before
