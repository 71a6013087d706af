"""A page of a query's results."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """A page of a query's results.

    Attributes:
        items: The documents of the page, in the order of the query.
        next: The token for `page(after=...)`; None if there are no more documents behind this page.
        previous: The token for `page(before=...)`; None if there are no more documents before this page, or if the
            query is not declared for reading backwards.
        has_more: Whether there are more documents in the direction in which the page was read.
        warnings: Sentences about documents that are not among the items, because they do not fit the model.
    """

    items: list[T]
    next: str | None
    previous: str | None
    has_more: bool
    warnings: tuple[str, ...] = ()
