"""A position in the results of a query."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Position:
    """A position in a query's results, between two documents or at their ends.

    Attributes:
        values: The values of the fields in the query's full order, as protobuf messages, of a document
            that was read. So each value survives bit by bit.
        inclusive: Whether the document with these values is read too.
    """

    values: tuple[Any, ...]
    inclusive: bool = False
