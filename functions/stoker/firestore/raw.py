"""Reads and commits without the client library's documents.

The client library can't decode every document, and it has no query for everything below a document.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from google.api_core import exceptions
from google.cloud.firestore_v1 import Query
from google.cloud.firestore_v1.types import (
    BatchGetDocumentsResponse,
    CommitResponse,
    Document,
    RunAggregationQueryRequest,
    RunAggregationQueryResponse,
    RunQueryRequest,
    RunQueryResponse,
    StructuredAggregationQuery,
    StructuredQuery,
)

from stoker.firestore.api_errors import REFUSED, conflict_of
from stoker.firestore.client import client
from stoker.firestore.deadline import STREAM_SECONDS, patience

AggregationMessage: Any = StructuredAggregationQuery.Aggregation.pb()


def possible_id(name: str) -> bool:
    """Return whether a document can have this id. Firestore refuses some uids that an admin may give a user.

    Source: https://firebase.google.com/docs/firestore/quotas#collections_documents_and_fields
    """
    return name not in ("", ".", "..") and "/" not in name and not re.fullmatch("__.*__", name)


def path_of(document: Document) -> str:
    """Return a document's path in its database, such as `tasks/spring`."""
    return str(document.name).split("/documents/", 1)[1]


def name_of(path: str) -> str:
    """Return the full name of a document, which the API needs.

    Args:
        path: The document's path; empty for the root of the database.
    """
    return f"{client()._database_string}/documents/{path}".rstrip("/")


def get(path: str) -> Document | None:
    """Read a document; return None if it does not exist."""
    api, metadata = client()._firestore_api, client()._rpc_metadata
    try:
        found = api.get_document(request={"name": name_of(path)}, metadata=metadata, **patience(reads=True))
    except exceptions.NotFound:
        return None
    return Document(found)


def run(path: str, query: StructuredQuery) -> Iterator[Document]:
    """Yield the documents that a query finds.

    Args:
        path: The document below which the query searches; empty for the root of the database.
        query: A query of `stoker.queries`.
    """
    request = {"parent": name_of(path), "structured_query": query}
    api, metadata = client()._firestore_api, client()._rpc_metadata
    for answer in api.run_query(request=request, metadata=metadata, **patience(reads=True, seconds=STREAM_SECONDS)):
        if "document" in answer:
            yield answer.document


def find(query: Query) -> Iterator[Any]:
    """Yield the documents that a query finds, as plain protobuf messages. Each takes 4 µs; a snapshot takes 140 µs."""
    parent, _ = query._parent._parent_info()
    request = {"parent": parent, "structured_query": query._to_protobuf()}
    api, metadata = client()._firestore_api, client()._rpc_metadata
    for answer in api.run_query(request=request, metadata=metadata, **patience(reads=True, seconds=STREAM_SECONDS)):
        message = RunQueryResponse.pb(answer)
        if message.HasField("document"):
            yield message.document


def run_message(message: Any, read_time: Any | None = None) -> Iterator[Any]:
    """Yield the documents of a query that is a plain protobuf message, as plain protobuf messages.

    Args:
        message: The query, a `StructuredQuery`, as `stoker.queries.message` makes it.
        read_time: A time in the past hour whose state of the database is read, as a protobuf timestamp; None for now.
    """
    request: Any = RunQueryRequest.pb()(parent=name_of(""), structured_query=message)
    if read_time is not None:
        request.read_time.CopyFrom(read_time)
    api, metadata = client()._firestore_api, client()._rpc_metadata
    wrapped = RunQueryRequest.wrap(request)
    for answer in api.run_query(request=wrapped, metadata=metadata, **patience(reads=True, seconds=STREAM_SECONDS)):
        found = RunQueryResponse.pb(answer)
        if found.HasField("document"):
            yield found.document


def aggregate(query: Any, aggregations: Sequence[Any], read_time: Any | None) -> tuple[Mapping[str, Any], Any]:
    """Count and add up the documents that a query finds.

    Args:
        query: A `StructuredQuery` message.
        aggregations: The `Aggregation` messages, at most five.
        read_time: The time of the read, as a protobuf message; None for now.

    Returns:
        The value of each aggregation by its alias, and the time of the read, as protobuf messages.
    """
    request: Any = RunAggregationQueryRequest.pb()(parent=name_of(""))
    request.structured_aggregation_query.structured_query.CopyFrom(query)
    request.structured_aggregation_query.aggregations.extend(aggregations)
    if read_time is not None:
        request.read_time.CopyFrom(read_time)
    wrapped = RunAggregationQueryRequest.wrap(request)
    api, metadata = client()._firestore_api, client()._rpc_metadata
    values: dict[str, Any] = {}
    time: Any = None
    for answer in api.run_aggregation_query(request=wrapped, metadata=metadata, **patience(reads=True)):
        message = RunAggregationQueryResponse.pb(answer)
        values.update(message.result.aggregate_fields)
        if message.HasField("read_time"):
            time = message.read_time
    return values, time


def get_all(names: Sequence[str], fields: Sequence[str] = (), read_time: Any | None = None) -> Iterator[Any]:
    """Yield several documents as plain protobuf messages. Documents that do not exist are left out.

    Args:
        names: The full names of the documents, with the database.
        fields: The fields to read; all fields if this is empty.
        read_time: As for `run_message`.
    """
    request: dict[str, Any] = {"database": client()._database_string, "documents": list(names)}
    if fields:
        request["mask"] = {"field_paths": list(fields)}
    if read_time is not None:
        request["read_time"] = read_time
    api, metadata = client()._firestore_api, client()._rpc_metadata
    for answer in api.batch_get_documents(
        request=request, metadata=metadata, **patience(reads=True, seconds=STREAM_SECONDS)
    ):
        message = BatchGetDocumentsResponse.pb(answer)
        if message.HasField("found"):
            yield message.found


def commit(writes: Sequence[Any]) -> list[Any]:
    """Make all writes, or none.

    Args:
        writes: The writes, as plain protobuf messages.

    Returns:
        The update time of each document, as a protobuf message, in the order of the writes.

    Raises:
        Conflict: A condition of a write does not hold. Nothing was written.
    """
    request = {"database": client()._database_string, "writes": list(writes)}
    api, metadata = client()._firestore_api, client()._rpc_metadata
    try:
        answer = api.commit(request=request, metadata=metadata, **patience(reads=False))
    except REFUSED as error:
        raise conflict_of(error) from error
    return [result.update_time for result in CommitResponse.pb(answer).write_results]
