"""Streams of changes from Firestore, each on a connection of its own."""

import os
import threading
from collections.abc import Iterator
from typing import Any

import grpc
from google.cloud.firestore_v1.services.firestore.transports.grpc import FirestoreGrpcTransport
from google.cloud.firestore_v1.types import ListenRequest, ListenResponse

from stoker.firestore.client import client

METHOD = "/google.firestore.v1.Firestore/Listen"
RequestMessage: Any = ListenRequest.pb()
ResponseMessage: Any = ListenResponse.pb()

OPTIONS = (
    # A connection of its own, which no other channel of the process shares. A new stream on a connection whose other
    # end is gone would wait as the old stream does.
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
)
"""The options of a channel. There are no pings: Firestore itself sends a message about every 30 s, and the emulator
ends connections with pings (too_many_pings)."""


class ListenStream:
    """A stream of changes of one target. Iterating over it yields messages, and raises `grpc.RpcError` at its end.

    Args:
        target: The target, as a plain protobuf message.
    """

    def __init__(self, target: Any) -> None:
        self._is_over = threading.Event()
        self._channel = open_channel()
        call = self._channel.stream_stream(
            METHOD,
            request_serializer=RequestMessage.SerializeToString,
            response_deserializer=ResponseMessage.FromString,
        )
        request = RequestMessage(database=client()._database_string, add_target=target)
        self._call = call(self._requests(request), metadata=client()._rpc_metadata)

    def __iter__(self) -> Iterator[Any]:
        """Yield the messages, as plain protobuf messages of a `ListenResponse`."""
        yield from self._call

    def close(self) -> None:
        """End the stream and its connection. A thread that waits for a message wakes up."""
        self._is_over.set()
        self._call.cancel()
        self._channel.close()

    def _requests(self, request: Any) -> Iterator[Any]:
        yield request
        self._is_over.wait()  # Firestore ends the stream if no more requests can come.


def open_channel() -> Any:
    """Return a new channel to the client's database, or to the emulator. The caller closes it."""
    if client()._emulator_host is not None:
        # The variable is read each time, because the emulator may have another address than at the client's beginning.
        emulator = os.environ.get("FIRESTORE_EMULATOR_HOST", client()._emulator_host)
        return grpc.insecure_channel(emulator, options=OPTIONS)
    return FirestoreGrpcTransport.create_channel(client()._target, credentials=client()._credentials, options=OPTIONS)
