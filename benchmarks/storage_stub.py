"""Stands for Cloud Storage: serves ranges of one file, and forgets what is uploaded. Prints its address.

    python storage_stub.py FILE

Source: https://cloud.google.com/storage/docs/json_api/v1/objects (get, insert, list).
"""

import base64
import json
import re
import sys
import uuid
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import google_crc32c

SERVER = __file__


class Upload:
    """What is known of an upload whose bytes are forgotten."""

    def __init__(self) -> None:
        self.size = 0
        self._crc32c = google_crc32c.Checksum()

    def add(self, content: bytes) -> None:
        """Takes what has arrived."""
        self.size += len(content)
        self._crc32c.update(content)

    def told(self) -> dict[str, str]:
        """The object's metadata."""
        return {**_object(self.size), "crc32c": base64.b64encode(self._crc32c.digest()).decode()}


def _object(size: int) -> dict[str, str]:
    return {"name": "o", "bucket": "b", "size": str(size), "generation": "1", "contentType": "video/mp4"}


class Stub(BaseHTTPRequestHandler):
    """Answers as Cloud Storage does, as far as a job asks."""

    protocol_version = "HTTP/1.1"
    film = Path()
    uploads: dict[str, "Upload"] = {}  # noqa: RUF012 - those under way, shared by all requests

    def do_GET(self) -> None:
        """Metadata, a list, or a range."""
        url = urlsplit(self.path)
        if parse_qs(url.query).get("alt") == ["media"]:
            return self._send_range()
        if url.path.endswith("/o"):
            return self._send({"items": []})
        return self._send(_object(self.film.stat().st_size))

    def do_POST(self) -> None:
        """The whole of an upload, or its beginning."""
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if parse_qs(url.query).get("uploadType") == ["resumable"]:
            upload = uuid.uuid4().hex
            self.uploads[upload] = Upload()
            return self._send({}, Location=f"http://{self.headers['Host']}/upload?{upload}")
        whole = Upload()
        whole.add(body.split(b"\r\n\r\n", 2)[2].rpartition(b"\r\n--")[0])
        return self._send(whole.told())

    def do_PUT(self) -> None:
        """A part of an upload."""
        upload = self.uploads[urlsplit(self.path).query]
        upload.add(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        if self.headers["Content-Range"].rpartition("/")[2] == str(upload.size):
            return self._send(upload.told())
        return self._send({}, 308, Range=f"bytes=0-{upload.size - 1}")

    def _send_range(self) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers["Range"])
        assert asked is not None
        first, last = int(asked[1]), int(asked[2])
        with self.film.open("rb") as film:
            film.seek(first)
            content = film.read(last - first + 1)
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{first + len(content) - 1}/{self.film.stat().st_size}")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _send(self, answer: Mapping[str, object], status: int = 200, **headers: str) -> None:
        content = json.dumps(answer).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


if __name__ == "__main__":
    Stub.film = Path(sys.argv[1])
    with ThreadingHTTPServer(("127.0.0.1", 0), Stub) as server:
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()
