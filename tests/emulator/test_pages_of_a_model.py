"""Pages whose items are objects of a model."""

from collections.abc import Iterator
from typing import Annotated

import pytest
from pydantic import field_validator

from emulator.rows import ROWS, put
from stoker import PaginatedQuery, query
from stoker.extend.app_query import forget_query
from stoker.models.document import Model
from stoker.models.writers import CLIENT
from stoker.queries.query import DeclaredQuery

pytestmark = pytest.mark.usefixtures("undelivered")


@pytest.fixture
def by_rank() -> Iterator[DeclaredQuery]:
    """A query of an owner's rows, sorted by rank."""
    made = query(ROWS, equals=["owner"], order=["rank"], name="rows-by-rank")
    yield made
    forget_query(made)


def put_rows(*ranks: object) -> None:
    """Write rows of Ada."""
    put({f"row{number:03}": {"owner": "ada", "rank": rank} for number, rank in enumerate(ranks)})


class Row(Model):
    """A row."""

    owner: Annotated[str, CLIENT]
    rank: Annotated[int, CLIENT]


def test_items_may_be_objects_of_a_model(by_rank: DeclaredQuery) -> None:
    put_rows(2, "not a rank", 1)
    page = PaginatedQuery(by_rank, 3, filters={"owner": "ada"}, model=Row).page()
    assert [item.rank for item in page.items] == [1, 2]
    assert page.warnings == ("rows/row001 does not fit Row. rank: must be a whole number",)
    assert page.next is None


class NamedRow(Row):
    """A row that knows its id."""

    id: str


class ColouredRow(Row):
    """A row whose app has forgotten a colour."""

    colour: Annotated[str, CLIENT]

    @field_validator("colour")
    @classmethod
    def in_english(cls, colour: str) -> str:
        return {"rot": "red"}[colour]


def test_a_model_with_an_id_gets_that_of_the_document(by_rank: DeclaredQuery) -> None:
    put_rows(1, 2)
    page = PaginatedQuery(by_rank, 3, filters={"owner": "ada"}, model=NamedRow).page()
    assert [item.id for item in page.items] == ["row000", "row001"]
    assert page.warnings == ()


def test_a_validator_that_raises_any_error_concerns_its_document_alone(by_rank: DeclaredQuery) -> None:
    put({"a": {"owner": "ada", "rank": 1, "colour": "rot"}, "b": {"owner": "ada", "rank": 2, "colour": "blau"}})
    page = PaginatedQuery(by_rank, 3, filters={"owner": "ada"}, model=ColouredRow).page()
    assert [item.colour for item in page.items] == ["red"]
    assert page.warnings == ("rows/b does not fit ColouredRow. KeyError('blau')",)
