"""A stream of changes has a connection of its own: to the emulator, or to Google with the client's credentials."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore
from google.cloud.firestore_v1.services.firestore.transports.grpc import FirestoreGrpcTransport

from stoker.firestore import listening
from stoker.firestore.listening import METHOD, ListenStream, RequestMessage, ResponseMessage
from stoker.live.listen_state import TargetMessage


class Server(grpc.GenericRpcHandler):  # type: ignore[misc] # The library has no types.
    """A server that answers with one message, and then waits for more requests."""

    def __init__(self) -> None:
        self.requests: list[Any] = []
        self.metadata: dict[str, str] = {}
        self.port = 0

    def service(self, details: Any) -> Any:
        assert details.method == METHOD
        self.metadata = dict(details.invocation_metadata)
        return grpc.stream_stream_rpc_method_handler(
            self._answer, RequestMessage.FromString, ResponseMessage.SerializeToString
        )

    def _answer(self, requests: Any, context: Any) -> Iterator[Any]:
        for request in requests:
            self.requests.append(request)
            yield ResponseMessage(filter={"target_id": 1, "count": 7})


@pytest.fixture
def server() -> Iterator[Server]:
    handler = Server()
    with ThreadPoolExecutor(4) as threads:
        running = grpc.server(threads)
        running.add_generic_rpc_handlers((handler,))
        handler.port = running.add_insecure_port("127.0.0.1:0")
        running.start()
        yield handler
        running.stop(None).wait()


def client_of(monkeypatch: pytest.MonkeyPatch) -> firestore.Client:
    client = firestore.Client(project="demo-listening", credentials=AnonymousCredentials())
    monkeypatch.setattr(listening, "client", lambda: client)
    return client


def one_message(stream: ListenStream) -> Any:
    message = next(iter(stream))
    stream.close()
    return message


def test_a_stream_leads_to_the_emulator_that_the_environment_names_now(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")
    client_of(monkeypatch)
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", f"127.0.0.1:{server.port}")
    assert one_message(ListenStream(TargetMessage(target_id=1))).filter.count == 7
    [request] = server.requests
    assert request.database == "projects/demo-listening/databases/(default)"
    assert request.add_target.target_id == 1
    assert server.metadata["google-cloud-resource-prefix"] == request.database
    assert server.metadata["authorization"] == "Bearer owner"


def test_a_stream_leads_to_google_with_the_credentials_of_the_client(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FIRESTORE_EMULATOR_HOST", raising=False)
    client = client_of(monkeypatch)
    made: list[Any] = []

    def create_channel(target: str, *, credentials: Any, options: Any) -> Any:
        made.append((target, credentials, dict(options)["grpc.use_local_subchannel_pool"]))
        return grpc.insecure_channel(f"127.0.0.1:{server.port}", options=options)

    with monkeypatch.context() as patch:
        patch.setattr(FirestoreGrpcTransport, "create_channel", create_channel)
        assert one_message(ListenStream(TargetMessage())).filter.count == 7
    assert made == [("firestore.googleapis.com", client._credentials, 1)]
    assert "authorization" not in server.metadata  # The channel itself adds a token.
    listening.open_channel().close()  # The library takes these arguments.


def test_closing_a_stream_wakes_the_thread_that_reads(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", f"127.0.0.1:{server.port}")
    client_of(monkeypatch)
    stream = ListenStream(TargetMessage())
    ended = threading.Event()
    messages = iter(stream)
    next(messages)

    def read() -> None:
        with pytest.raises(grpc.RpcError):
            next(messages)
        ended.set()

    threading.Thread(target=read).start()
    stream.close()
    assert ended.wait(20)
