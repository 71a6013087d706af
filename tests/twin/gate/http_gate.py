"""The gate in front of Google's services that are called by HTTP."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from twin.gate.functions_account import TOKEN, FunctionsAccount
from twin.gate.http_calls import Answer, Call, Service, denied, refused
from twin.gate.metadata_server import HOSTS

POLL_SECONDS = 0.01
"""The time that the server may take to notice that it is to end, in seconds."""

QUOTA = "x-goog-user-project"
"""The header that names the project whose quota a call uses. For such a call, Google checks one more permission.
Source: https://cloud.google.com/docs/quotas/set-quota-project"""


class HttpGate:
    """The gate.

    Args:
        account: The account of the functions.
        services: The services, by their hosts.
    """

    def __init__(self, account: FunctionsAccount, services: Mapping[str, Service]) -> None:
        self._account, self._services = account, services

    def answer(self, call: Call) -> Answer:
        """Answer a call. A call that no service knows is recorded, and refused."""
        if call.host not in HOSTS and call.method != "OPTIONS":
            if call.headers.get("authorization") != f"Bearer {TOKEN}":
                return refused(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
            project = call.headers.get(QUOTA)
            if project and self._account.lacking("any", ["serviceusage.services.use"]):
                return denied(
                    f"Caller does not have required permission to use project {project}. Grant the caller the "
                    "roles/serviceusage.serviceUsageConsumer role, or a custom role with the serviceusage.services.use "
                    "permission."
                )
        service = self._services.get(call.host)
        answer = service(call) if service is not None else None
        if answer is None:
            self._account.unknown.append(str(call))
            return refused(501, "UNIMPLEMENTED", f"The gate does not know this call: {call}")
        return answer


@contextmanager
def opened_http(gate: HttpGate) -> Iterator[str]:
    """Run the gate during the block; yield its address. A call's path is its host, and then its own path.

    Args:
        gate: The gate.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            _, host, rest = self.path.split("/", 2)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = gate.answer(Call(self.command, host, f"/{rest}", headers, body))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _handle  # noqa: N815 - the names of the base

        def log_message(self, format: str, *arguments: Any) -> None:
            """Write nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
