"""The documents with the largest values of a field, among documents that arrive one after another."""

import heapq
from typing import Any, Literal

from stoker.aggregations.field_values import is_long, number_of
from stoker.aggregations.left_out import Reason

Measure = Literal["number", "time", "text"]
"""The type of the values that are compared. Values of other types are left out."""

NOT_OF_KIND: dict[Measure, Reason] = {"number": "no-number", "time": "no-time", "text": "no-text"}
"""The reasons to leave a document out whose value is of another type."""


class Largest:
    """The names of the documents with the largest values.

    Of documents with equal values, those that arrive first are kept. Long texts are left out, so that the memory is
    bounded.

    Args:
        most: The most documents to keep.
        kind: The type of the compared values.
    """

    def __init__(self, most: int, kind: Measure) -> None:
        self._most = most
        self._kind = kind
        self._heap: list[tuple[Any, int, str]] = []
        self._arrived = 0

    def add(self, name: str, value: Any) -> Reason | None:
        """Add a document.

        Args:
            name: The full name of the document.
            value: The value of the field, as a plain protobuf message.

        Returns:
            The reason why the document is left out; None if it takes part.
        """
        rank = _rank(value, self._kind)
        if rank is None:
            return NOT_OF_KIND[self._kind]
        if rank != rank:
            return "nan"
        if is_long(rank):
            return "long"
        self._arrived += 1
        entry = (rank, -self._arrived, name)
        if len(self._heap) < self._most:
            heapq.heappush(self._heap, entry)
        elif entry > self._heap[0]:
            heapq.heapreplace(self._heap, entry)
        return None

    def names(self) -> list[str]:
        """Return the names, the document with the largest value first."""
        return [name for _, _, name in sorted(self._heap, reverse=True)]


def _rank(value: Any, kind: Measure) -> Any:
    if kind == "number":
        return number_of(value)
    found = value.WhichOneof("value_type")
    if kind == "time" and found == "timestamp_value":
        return value.timestamp_value.seconds, value.timestamp_value.nanos
    # Python compares texts by code points, which is the order of their bytes in UTF-8.
    return value.string_value if kind == "text" and found == "string_value" else None
