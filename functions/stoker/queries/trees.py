"""The documents of a user, and the documents below a document, read page by page as protobuf messages."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from google.cloud.firestore_v1.types import Cursor, Document, StructuredQuery, Value

from stoker.firestore import raw
from stoker.firestore.deadline import patience
from stoker.queries import declared

PAGE = 300
"""The documents of a query. It is small, so that a slow reader does not keep a query open for long."""


def owned(collection: str, user_id: str, after: str | None = None) -> Iterator[Document]:
    """Yield the documents of a collection that belong to a user, sorted by id.

    Args:
        collection: A collection at the root, one of `declared.with_owners`.
        user_id: The uid of the user.
        after: The path of the document after which to begin; None for the beginning.
    """
    return _pages(lambda last: owned_page(collection, user_id, PAGE, after=last), after)


def below(path: str, after: str | None = None) -> Iterator[Document]:
    """Yield all documents below a document, at any depth, also below documents that are missing.

    Args:
        path: The path of the document, which need not exist.
        after: The path of the document after which to begin; None for the beginning.
    """
    return _pages(lambda last: below_page(path, PAGE, after=last), after)


def owned_page(
    collection: str, user_id: str, limit: int, fields: Sequence[str] = (), after: str | None = None
) -> Iterator[Document]:
    """Yield the first documents of `owned`.

    Args:
        collection, user_id, after: As in `owned`.
        limit: The most documents to yield.
        fields: The paths of the fields to read; empty for all fields.
    """
    query = declared.owned(collection, user_id)._to_protobuf()
    return raw.run("", _page(query, limit, fields, after))


def below_page(path: str, limit: int, fields: Sequence[str] = (), after: str | None = None) -> Iterator[Document]:
    """Yield the first documents of `below`.

    Args:
        path, after: As in `below`.
        limit: The most documents to yield.
        fields: The paths of the fields to read; empty for all fields.
    """
    query = StructuredQuery(from_=[StructuredQuery.CollectionSelector(all_descendants=True)])
    query.order_by.extend(
        StructuredQuery.Order(field=StructuredQuery.FieldReference(field_path=field), direction=direction)
        for field, direction in declared.BELOW.order
    )
    return raw.run(path, _page(query, limit, fields, after))


def count_owned(collection: str, user_id: str) -> int:
    """Return the number of documents that `owned` would yield. It costs one read for a thousand documents."""
    # The library's annotations are wrong here: it returns a list of lists, by answer and by aggregation.
    counting: Any = declared.owned(collection, user_id).count()
    return int(counting.get(**patience(reads=True))[0][0].value)


def _page(query: StructuredQuery, limit: int, fields: Sequence[str], after: str | None) -> StructuredQuery:
    query.limit = limit
    if fields:
        references = [StructuredQuery.FieldReference(field_path=field) for field in fields]
        query.select = StructuredQuery.Projection(fields=references)
    if after is not None:
        query.start_at = Cursor(values=[Value(reference_value=raw.name_of(after))], before=False)
    return query


def _pages(page: Callable[[str | None], Iterator[Document]], after: str | None) -> Iterator[Document]:
    while True:
        count = 0
        for document in page(after):
            yield document
            after, count = raw.path_of(document), count + 1
        if count < PAGE:
            return
