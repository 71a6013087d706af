"""The tallies of groups."""

from typing import Any

import pytest
from google.cloud.firestore_v1.types import Document

from stoker.aggregations.left_out import LeftOut
from stoker.aggregations.tallies import Tallies
from stoker.errors import TooManyGroups
from stoker.firestore.messages import message

DocumentMessage: Any = Document.pb()


def document(**fields: object) -> Any:
    return DocumentMessage(fields={name: message(value) for name, value in fields.items()})


def test_each_group_has_its_own_figures_and_what_is_left_out_is_said() -> None:
    left_out = LeftOut()
    tallies = Tallies(["price"], ["price", "stars"], 5, left_out)
    firsts = [
        tallies.add("a", document(price=1, stars=5)),
        tallies.add("a", document(price=2.5)),
        tallies.add("b", document(price="cheap", stars=[])),
    ]
    assert firsts == [True, False, True]
    assert list(tallies) == [
        ("a", 2, {"price": 3.5}, {"price": 1.75, "stars": 5.0}),
        ("b", 1, {"price": 0}, {"price": None, "stars": None}),
    ]
    assert left_out.sentences() == (
        "price is no number in 1 document, which its figures leave out.",
        "stars is missing in 1 document, which its figures leave out.",
        "stars is no number in 1 document, which its figures leave out.",
    )


def test_a_group_too_many_is_refused() -> None:
    tallies = Tallies([], [], 2, LeftOut())
    for key in ("a", "b", "a"):
        tallies.add(key, document())
    with pytest.raises(TooManyGroups, match="more than 2 groups"):
        tallies.add("c", document())
