"""Documents as Firestore sends them: the client library can't decode some, and can't ask for all that is below one."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from google.api_core import exceptions
from google.cloud.firestore_v1 import Query
from google.cloud.firestore_v1.base_query import FieldFilter
from google.cloud.firestore_v1.types import (
    BatchGetDocumentsResponse,
    CommitResponse,
    Cursor,
    Document,
    RunQueryResponse,
    StructuredQuery,
    Value,
)

from stoker.firestore.client import client

PAGE = 300
"""Documents of one query: what reads them slowly must not keep a query open for long."""

NAME = "__name__"


def possible_id(name: str) -> bool:
    """Whether a document may have this id. A user's uid, which admins choose, may be what Firestore refuses.

    Source: https://firebase.google.com/docs/firestore/quotas#collections_documents_and_fields
    """
    return name not in (".", "..") and not re.fullmatch("__.*__", name)


def path_of(document: Document) -> str:
    """A document's path in its database, such as `tasks/spring`."""
    return str(document.name).split("/documents/", 1)[1]


def get(path: str) -> Document | None:
    """One document, if there is one."""
    try:
        found = client()._firestore_api.get_document(request={"name": _name(path)}, metadata=client()._rpc_metadata)
    except exceptions.NotFound:
        return None
    return Document(found)


def owned(collection: str, user_id: str, after: str | None = None) -> Iterator[Document]:
    """A user's documents: those of a collection whose `userId` is the user's, by their ids.

    Args:
        collection: A collection at the root.
        user_id: The user.
        after: The path of the document behind which to begin.
    """
    return _pages(lambda last: owned_page(collection, user_id, PAGE, after=last), after)


def below(path: str, after: str | None = None) -> Iterator[Document]:
    """All documents below one, at any depth, also below documents that are missing.

    Args:
        path: The document's; it need not exist.
        after: The path of the document behind which to begin.
    """
    return _pages(lambda last: below_page(path, PAGE, after=last), after)


def owned_page(
    collection: str, user_id: str, limit: int, fields: Sequence[str] = (), after: str | None = None
) -> Iterator[Document]:
    """The first of the documents of `owned`; with certain fields only, where these are named."""
    where = StructuredQuery.FieldFilter(
        field=StructuredQuery.FieldReference(field_path="userId"),
        op=StructuredQuery.FieldFilter.Operator.EQUAL,
        value=Value(string_value=user_id),
    )
    query = _query(StructuredQuery.CollectionSelector(collection_id=collection), limit, fields, after)
    query.where = StructuredQuery.Filter(field_filter=where)
    return _run(_name(""), query)


def below_page(path: str, limit: int, fields: Sequence[str] = (), after: str | None = None) -> Iterator[Document]:
    """The first of the documents of `below`; with certain fields only, where these are named."""
    every = StructuredQuery.CollectionSelector(all_descendants=True)
    return _run(_name(path), _query(every, limit, fields, after))


def count_owned(collection: str, user_id: str) -> int:
    """How many documents `owned` would find: one read for a thousand of them."""
    query = client().collection(collection).where(filter=FieldFilter("userId", "==", user_id))
    # The library's annotations are wrong here: it answers with two lists, one per answer, one per aggregation.
    counting: Any = query.count()
    return int(counting.get()[0][0].value)


def found(query: Query) -> Iterator[Any]:
    """The documents that a query finds, as plain protobuf messages: 4 µs each, where snapshots take 140."""
    parent, _ = query._parent._parent_info()
    request = {"parent": parent, "structured_query": query._to_protobuf()}
    for answer in client()._firestore_api.run_query(request=request, metadata=client()._rpc_metadata):
        message = RunQueryResponse.pb(answer)
        if message.HasField("document"):
            yield message.document


def get_all(names: Sequence[str], fields: Sequence[str] = ()) -> Iterator[Any]:
    """Documents by their names, as plain protobuf messages; those that are missing are left out.

    Args:
        names: In full, as messages have them.
        fields: The fields that are wanted; all of them where none is named.
    """
    request: dict[str, Any] = {"database": client()._database_string, "documents": list(names)}
    if fields:
        request["mask"] = {"field_paths": list(fields)}
    for answer in client()._firestore_api.batch_get_documents(request=request, metadata=client()._rpc_metadata):
        message = BatchGetDocumentsResponse.pb(answer)
        if message.HasField("found"):
            yield message.found


def commit(writes: Sequence[Any]) -> list[Any]:
    """Makes writes all at once, or none of them.

    Args:
        writes: Plain protobuf messages.

    Returns:
        When each document was written, as protobuf has times, in the order of the writes.
    """
    request = {"database": client()._database_string, "writes": list(writes)}
    answer = client()._firestore_api.commit(request=request, metadata=client()._rpc_metadata)
    return [result.update_time for result in CommitResponse.pb(answer).write_results]


def _query(
    selector: StructuredQuery.CollectionSelector, limit: int, fields: Sequence[str], after: str | None
) -> StructuredQuery:
    query = StructuredQuery(from_=[selector], limit=limit)
    query.order_by.append(StructuredQuery.Order(field=StructuredQuery.FieldReference(field_path=NAME)))
    if fields:
        references = [StructuredQuery.FieldReference(field_path=field) for field in fields]
        query.select = StructuredQuery.Projection(fields=references)
    if after is not None:
        query.start_at = Cursor(values=[Value(reference_value=_name(after))], before=False)
    return query


def _run(parent: str, query: StructuredQuery) -> Iterator[Document]:
    request = {"parent": parent, "structured_query": query}
    for answer in client()._firestore_api.run_query(request=request, metadata=client()._rpc_metadata):
        if "document" in answer:
            yield answer.document


def _pages(page: Any, after: str | None) -> Iterator[Document]:
    while True:
        count = 0
        for document in page(after):
            yield document
            after, count = path_of(document), count + 1
        if count < PAGE:
            return


def _name(path: str) -> str:
    """A document's name as the API wants it; without a path, that of the database's root."""
    return f"{client()._database_string}/documents/{path}".rstrip("/")
