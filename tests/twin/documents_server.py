"""The documents of Firestore over gRPC: reading and writing documents by name, and queries that find nothing."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
from google.cloud.firestore_v1.types import firestore as calls
from google.cloud.firestore_v1.types import write as writes

from twin.google_world import World

SERVICE = "/google.firestore.v1.Firestore/"
TOKEN = "Bearer ya29.twin"


class _Documents(grpc.GenericRpcHandler):  # type: ignore[misc] # The library has no types.
    def __init__(self, world: World) -> None:
        self._world, self._lock = world, threading.Lock()

    def service(self, handler_call_details: Any) -> Any:
        """Return the handler of a call; None if the twin does not know the call."""
        name = handler_call_details.method.removeprefix(SERVICE)
        sent = dict(handler_call_details.invocation_metadata)
        if sent.get("authorization") != TOKEN:
            return grpc.unary_unary_rpc_method_handler(_refuse)
        match name:
            case "BatchGetDocuments":
                return _streamed(self._batch, calls.BatchGetDocumentsRequest, calls.BatchGetDocumentsResponse)
            case "RunQuery":
                return _streamed(_nothing_found, calls.RunQueryRequest, calls.RunQueryResponse)
            case "RunAggregationQuery":
                return _streamed(_zero, calls.RunAggregationQueryRequest, calls.RunAggregationQueryResponse)
            case "Commit":
                return grpc.unary_unary_rpc_method_handler(
                    self._commit,
                    request_deserializer=calls.CommitRequest.deserialize,
                    response_serializer=calls.CommitResponse.serialize,
                )
        self._world.unknown.append(f"gRPC {name}")
        return None

    def _batch(self, request: Any, context: Any) -> Iterator[Any]:
        for name in request.documents:
            found = self._world.documents.get(name)
            said = {"missing": name} if found is None else {"found": found}
            yield calls.BatchGetDocumentsResponse(read_time=datetime.now(UTC), **said)

    def _commit(self, request: Any, context: Any) -> Any:
        now = datetime.now(UTC)
        with self._lock:
            for one in request.writes:
                if one.update.name:
                    self._world.documents[one.update.name] = {
                        "name": one.update.name,
                        "fields": dict(one.update.fields),
                        "create_time": now,
                        "update_time": now,
                    }
                elif one.delete:
                    self._world.documents.pop(one.delete, None)
        results = [writes.WriteResult(update_time=now) for _ in request.writes]
        return calls.CommitResponse(write_results=results, commit_time=now)


def _streamed(handler: Callable[[Any, Any], Iterator[Any]], request: Any, answer: Any) -> Any:
    return grpc.unary_stream_rpc_method_handler(
        handler, request_deserializer=request.deserialize, response_serializer=answer.serialize
    )


def _refuse(request: Any, context: grpc.ServicerContext) -> None:
    context.abort(grpc.StatusCode.UNAUTHENTICATED, "Request had invalid authentication credentials.")


def _nothing_found(request: Any, context: Any) -> Iterator[Any]:
    yield calls.RunQueryResponse(read_time=datetime.now(UTC))


def _zero(request: Any, context: Any) -> Iterator[Any]:
    aliases = [one.alias for one in request.structured_aggregation_query.aggregations]
    fields = {alias: {"integer_value": 0} for alias in aliases}
    yield calls.RunAggregationQueryResponse(result={"aggregate_fields": fields}, read_time=datetime.now(UTC))


@contextmanager
def served_documents(world: World, served: Path) -> Iterator[int]:
    """Serve the documents of a world during the block; yield the port.

    Args:
        world: The project.
        served: The file with the server's key and its certificate.
    """
    key, begin, certificate = served.read_bytes().partition(b"-----BEGIN CERTIFICATE")
    server = grpc.server(ThreadPoolExecutor(8), handlers=[_Documents(world)])
    port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(key, begin + certificate)]))
    server.start()
    try:
        yield int(port)
    finally:
        server.stop(None).wait()
