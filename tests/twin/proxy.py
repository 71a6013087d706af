"""An HTTPS proxy on loopback that answers for Google's hosts itself, and lets nothing out."""

import contextlib
import json
import os
import select
import socket
import ssl
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from twin import authority
from twin.calls import Call
from twin.documents_server import served_documents
from twin.google_world import World
from twin.routes import answer
from twin.services import SERVICES

H2_ALONE = b"\x00\x10\x00\x05\x00\x03\x02h2"
"""The extension of TLS that offers HTTP/2 and nothing else. Source: https://www.rfc-editor.org/rfc/rfc7301#section-3.1"""


@dataclass
class Google:
    """The twin while it runs.

    Attributes:
        world: The project that it stands for.
        port: The port of the proxy.
        trusted: The file with the certificate that clients must trust.
        documents: The port that serves the documents of Firestore by gRPC; 0 if nothing does.
    """

    world: World
    port: int
    trusted: Path
    documents: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def environment(self, scratch: Path) -> dict[str, str]:
        """Return all variables for a process that asks the twin in place of Google.

        Args:
            scratch: A directory for what the Firebase CLI remembers. It remembers which APIs are enabled, so each world
                needs a directory of its own.
        """
        address = f"http://127.0.0.1:{self.port}"
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(scratch),
            "XDG_CONFIG_HOME": str(scratch),
            "HTTPS_PROXY": address,
            "HTTP_PROXY": address,
            "NO_PROXY": "127.0.0.1,localhost",
            "NODE_EXTRA_CA_CERTS": str(self.trusted),
            "REQUESTS_CA_BUNDLE": str(self.trusted),
            "FIREBASE_TOKEN": "fake",
            "CI": "1",
        }

    def answer(self, call: Call) -> tuple[int, Any]:
        """Answer a call. One call is answered at a time."""
        with self.lock:
            return answer(SERVICES, self.world, call)


@contextlib.contextmanager
def started(world: World, directory: Path, *, documents: bool = False) -> Iterator[Google]:
    """Run the twin.

    Args:
        world: The project that it stands for.
        directory: A directory for its certificates.
        documents: Whether it serves documents of Firestore too. Otherwise, gRPC gets no answer.
    """
    trusted, served = authority.make(directory, list(SERVICES))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(served)

    class Handler(_Handler):
        tls = context

    serving = served_documents(world, served) if documents else contextlib.nullcontext(0)
    with serving as port, _Server(("127.0.0.1", 0), Handler) as server:
        Handler.google = Google(world, server.server_address[1], trusted, port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield Handler.google
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64  # the CLI opens a connection for each call, forty at a time

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about clients that hang up."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    google: Google
    tls: ssl.SSLContext
    host = ""

    def log_message(self, format: str, *args: Any) -> None:
        """Write no log. The calls are in the world."""

    def do_CONNECT(self) -> None:
        """Open a tunnel that ends here."""
        self.host = self.path.rpartition(":")[0]
        if self.host not in SERVICES:
            with self.google.lock:
                self.google.world.unknown.append(f"CONNECT {self.path}")
            self.send_error(502, f"The twin of Google does not stand for {self.path}")
            return
        self.send_response_only(200)
        self.end_headers()
        if self.google.documents and self._speaks_grpc():
            self._pass_on(self.google.documents)
            return
        self.connection = self.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb", -1)
        self.wfile = self.connection.makefile("wb", 0)
        self.close_connection = False

    def _speaks_grpc(self) -> bool:
        """Return whether the client's first message of TLS offers HTTP/2 alone, as only gRPC does."""
        return H2_ALONE in self.connection.recv(65536, socket.MSG_PEEK)

    def _pass_on(self, port: int) -> None:
        """Pass all bytes on, in both directions, until one side ends."""
        with socket.create_connection(("127.0.0.1", port)) as server:
            other = {self.connection: server, server: self.connection}
            while True:
                for ready in select.select(list(other), [], [])[0]:
                    data = ready.recv(65536)
                    if not data:
                        return
                    other[ready].sendall(data)

    def finish(self) -> None:
        """Close the tunnel."""
        super().finish()
        self.connection.close()

    def _answer(self) -> None:
        address = urlsplit(self.path)
        call = Call(
            self.command,
            self.host or address.hostname or "",
            unquote(address.path),
            parse_qs(address.query),
            self._content(),
            {name.lower(): value for name, value in self.headers.items()},
        )
        status, body = self.google.answer(call)
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - named so by their parent

    def _content(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        content = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            content += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return content
