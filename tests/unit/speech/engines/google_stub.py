"""A server that answers as the Cloud Text-to-Speech API does, and fails as it does."""

import base64
import io
import json
import re
import threading
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from unit.speech.speaking import tone_at

RATE = 24_000
SECONDS_A_CHARACTER = 0.05
LEAD_SECONDS = 0.1

Answer = tuple[int, bytes]
Fault = Callable[[dict[str, Any]], Answer | None]
"""Looks at a request; answers in the API's stead, or leaves it to it."""

VOICES = [
    {"name": "de-DE-Standard-A", "languageCodes": ["de-DE"]},
    {"name": "en-AU-Neural2-A", "languageCodes": ["en-AU"]},
    {"name": "en-US-Chirp3-HD-Kore", "languageCodes": ["en-US"]},
    {"name": "en-US-Standard-A", "languageCodes": ["en-US"]},
    {"name": "en-US-Neural2-A", "languageCodes": ["en-US"]},
    {"name": "cmn-CN-Standard-A", "languageCodes": ["cmn-CN"]},
]


def refusal(status: int, message: str) -> Answer:
    """An error, as Google's APIs write it."""
    return status, json.dumps({"error": {"code": status, "message": message}}).encode()


def words(text: str) -> list[float]:
    """When each word of a plain text is spoken, in seconds."""
    return [LEAD_SECONDS + found.start() * SECONDS_A_CHARACTER for found in re.finditer(r"\S+", text)]


class GoogleStub:
    """The stub, as the tests see it.

    Attributes:
        url: Its address.
        requests: The bodies that were posted, in the order in which they came.
        faults: Functions that are called in turn before the stub answers.
        busiest: The most requests that were open at once.
    """

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[dict[str, Any]] = []
        self.faults: list[Fault] = []
        self.busiest = 0
        self._busy = 0
        self._lock = threading.Lock()

    def spoken(self) -> list[str]:
        """The texts that were asked for, without their marks."""
        return [plain(body) for body in self.requests]

    def answer(self, path: str, body: dict[str, Any] | None) -> Answer:
        """Answers a request."""
        with self._lock:
            self._busy += 1
            self.busiest = max(self.busiest, self._busy)
            if body is not None:
                self.requests.append(body)
        try:
            for fault in self.faults:
                if (answer := fault(body or {})) is not None:
                    return answer
            if path == "/v1/voices":
                return 200, json.dumps({"voices": VOICES}).encode()
            assert path == "/v1beta1/text:synthesize"
            assert body is not None
            return 200, synthesized(body)
        finally:
            with self._lock:
                self._busy -= 1


def plain(body: dict[str, Any]) -> str:
    """The text of a request."""
    given = body["input"]
    if "text" in given:
        return str(given["text"])
    inner = re.sub(r"</?speak>|<mark name=\"\d+\"/>", "", given["ssml"])
    assert "<" not in inner, "markup was not escaped"
    return inner.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def synthesized(body: dict[str, Any]) -> bytes:
    """A hum as long as the text, with silence around it."""
    text = plain(body)
    speed = body["audioConfig"].get("speakingRate", 1)
    assert body["audioConfig"]["audioEncoding"] == "LINEAR16"
    assert len(json.dumps(body["input"], ensure_ascii=False).encode()) <= 5000 + len('{"ssml": ""}') + 400
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        lead = bytes(2 * round(LEAD_SECONDS * RATE))
        file.writeframes(lead + tone_at(RATE, len(text) * SECONDS_A_CHARACTER / speed) + lead)
    answer: dict[str, Any] = {"audioContent": base64.b64encode(sound.getvalue()).decode()}
    if "enableTimePointing" in body:
        inner = re.sub(r"</?speak>", "", body["input"]["ssml"])
        at, points = 0, []
        for part in re.split(r"(<mark name=\"\d+\"/>)", inner):
            if mark := re.fullmatch(r"<mark name=\"(\d+)\"/>", part):
                seconds = LEAD_SECONDS + at * SECONDS_A_CHARACTER / speed
                points.append({"markName": mark[1], "timeSeconds": seconds})
            else:
                at += len(part.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
        answer["timepoints"] = points
    return json.dumps(answer).encode()


@contextmanager
def google_stub() -> Iterator[GoogleStub]:
    """Runs the server while the context lasts."""
    stub = GoogleStub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, body: dict[str, Any] | None) -> None:
            status, content = stub.answer(self.path, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that went away is no error here."""

    with Server(("127.0.0.1", 0), Handler) as server:
        stub.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield stub
        finally:
            server.shutdown()
            thread.join()
