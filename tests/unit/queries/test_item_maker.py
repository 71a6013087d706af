"""The items of pages and of live queries are made in one way."""

import pytest
from pydantic import field_validator

from stoker.firestore.messages import written
from stoker.models.document import Model
from stoker.queries.item_maker import Unfit, maker_of

DOCUMENT = written("projects/p/databases/(default)/documents/notes/spring", {"title": "Clean"}).update


class Note(Model):
    id: str
    title: str


class Strange(Model):
    title: str

    @field_validator("title")
    @classmethod
    def known(cls, title: str) -> str:
        return {"Sweep": "sweep"}[title]


def test_a_model_with_an_id_gets_that_of_the_document() -> None:
    note = maker_of(Note)(DOCUMENT)
    assert (note.id, note.title) == ("spring", "Clean")


def test_any_error_of_a_validator_is_a_sentence_that_names_the_document() -> None:
    with pytest.raises(Unfit, match=r"^notes/spring does not fit Strange\. KeyError\('Clean'\)$"):
        maker_of(Strange)(DOCUMENT)


def test_without_a_model_every_document_is_an_item() -> None:
    assert maker_of(None)(DOCUMENT) == {"id": "spring", "title": "Clean"}
