"""Figures and documents of the database as it was at one time, as plain protobuf messages.

All reads at one time see the same documents, whatever is written meanwhile. `raw.run_message` runs a query so.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from google.cloud.firestore_v1.types import (
    BatchGetDocumentsResponse,
    RunAggregationQueryRequest,
    RunAggregationQueryResponse,
    StructuredAggregationQuery,
)

from stoker.firestore import raw
from stoker.firestore.client import client
from stoker.firestore.deadline import STREAM_SECONDS, patience

AggregationMessage: Any = StructuredAggregationQuery.Aggregation.pb()


def aggregate(query: Any, aggregations: Sequence[Any], read_time: Any | None) -> tuple[Mapping[str, Any], Any]:
    """Count and add up the documents that a query finds.

    Args:
        query: A `StructuredQuery` message.
        aggregations: The `Aggregation` messages, at most five.
        read_time: The time of the read, as a protobuf message; None for now.

    Returns:
        The value of each aggregation by its alias, and the time of the read, as protobuf messages.
    """
    request: Any = RunAggregationQueryRequest.pb()(parent=raw.name_of(""))
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


def get_all(names: Sequence[str], read_time: Any) -> Iterator[Any]:
    """Yield several documents. Documents that did not exist are left out.

    Args:
        names: The full names of the documents, with the database.
        read_time: The time of the read, as a protobuf message.
    """
    request = {"database": client()._database_string, "documents": list(names), "read_time": read_time}
    api, metadata = client()._firestore_api, client()._rpc_metadata
    for answer in api.batch_get_documents(
        request=request, metadata=metadata, **patience(reads=True, seconds=STREAM_SECONDS)
    ):
        message = BatchGetDocumentsResponse.pb(answer)
        if message.HasField("found"):
            yield message.found
