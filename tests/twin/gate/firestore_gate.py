"""The gate in front of the Firestore emulator. It passes the bytes of a call on, if the account may make the call."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc

from twin.gate.firestore_calls import CALLS, FirestoreCall
from twin.gate.functions_account import FunctionsAccount

SERVICE = "/google.firestore.v1.Firestore/"

DENIED = "Missing or insufficient permissions."

LONGEST_SECONDS = 3600
"""The longest time limit that is passed on, in seconds."""

THREADS = 20
"""The most calls at a time. A listener takes a thread for as long as it listens."""


class _Gate(grpc.GenericRpcHandler):  # type: ignore[misc] # The library has no types.
    def __init__(self, channel: grpc.Channel, account: FunctionsAccount) -> None:
        self._channel, self._account = channel, account

    def service(self, handler_call_details: Any) -> Any:
        """Return the handler of a call."""
        method = handler_call_details.method
        call = CALLS.get(method.removeprefix(SERVICE))
        if call is None:
            self._account.unknown.append(method)
            return None
        match call.kind:
            case "unary":
                return grpc.unary_unary_rpc_method_handler(self._unary(method, call))
            case "answers":
                return grpc.unary_stream_rpc_method_handler(self._answers(method, call))
            case "both":
                return grpc.stream_stream_rpc_method_handler(self._both(method, call))

    def _unary(self, method: str, call: FirestoreCall) -> Any:
        forward = self._channel.unary_unary(method)

        def handle(request: bytes, context: grpc.ServicerContext) -> Any:
            self._check(method, call, request, context)
            try:
                return forward(request, **_as_sent(context))
            except grpc.RpcError as error:
                _pass_on(error, context)

        return handle

    def _answers(self, method: str, call: FirestoreCall) -> Any:
        forward = self._channel.unary_stream(method)

        def handle(request: bytes, context: grpc.ServicerContext) -> Iterator[Any]:
            self._check(method, call, request, context)
            try:
                yield from forward(request, **_as_sent(context))
            except grpc.RpcError as error:
                _pass_on(error, context)

        return handle

    def _both(self, method: str, call: FirestoreCall) -> Any:
        forward = self._channel.stream_stream(method)

        def handle(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[Any]:
            self._check(method, call, b"", context)
            answers = forward(requests, **_as_sent(context))
            context.add_callback(answers.cancel)
            try:
                yield from answers
            except grpc.RpcError as error:
                _pass_on(error, context)

        return handle

    def _check(self, method: str, call: FirestoreCall, request: bytes, context: grpc.ServicerContext) -> None:
        name = f"Firestore.{method.removeprefix(SERVICE)}"
        if self._account.lacking(name, call.permissions(request)):
            context.abort(grpc.StatusCode.PERMISSION_DENIED, DENIED)


def _as_sent(context: grpc.ServicerContext) -> dict[str, Any]:
    """Return the metadata and the time limit of a call, for the call that passes it on."""
    metadata = [(key, value) for key, value in context.invocation_metadata() if key != "user-agent"]
    left = context.time_remaining()
    # A call without a limit has thousands of years left, which is more than a limit can say.
    return {"metadata": metadata, "timeout": left if left is not None and left < LONGEST_SECONDS else None}


def _pass_on(error: Any, context: grpc.ServicerContext) -> None:
    if context.is_active():
        context.abort(error.code(), error.details())


@contextmanager
def opened_firestore(account: FunctionsAccount, emulator: str) -> Iterator[str]:
    """Run the gate during the block; yield its address, as `host:port`.

    Args:
        account: The account of the functions.
        emulator: The emulator, as `host:port`.
    """
    with grpc.insecure_channel(emulator) as channel, ThreadPoolExecutor(THREADS, "firestore-gate") as threads:
        server = grpc.server(threads, options=[("grpc.max_receive_message_length", -1)])
        server.add_generic_rpc_handlers((_Gate(channel, account),))
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            server.stop(None).wait()
