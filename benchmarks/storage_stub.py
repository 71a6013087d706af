"""Stands for Cloud Storage, whose emulator holds in memory what it serves, and can't compose. Prints its address.

    python storage_stub.py FOLDER

It keeps objects in a folder, in which one may lie already as `film`: any object that was not uploaded is that one.
Source: https://cloud.google.com/storage/docs/json_api/v1/objects (compose, delete, get, insert, list, patch).
"""

import base64
import json
import re
import shutil
import sys
import uuid
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import google_crc32c

SERVER = __file__


class Stub(BaseHTTPRequestHandler):
    """Answers as Cloud Storage does, as far as a job asks."""

    protocol_version = "HTTP/1.1"
    folder = Path()
    # Of uploads under way, and of objects that are there; shared by all requests.
    uploads: dict[str, str] = {}  # noqa: RUF012 - shared by all requests
    metadata: dict[str, dict[str, Any]] = {}  # noqa: RUF012 - as above

    def do_GET(self) -> None:
        """Metadata, a list, or a range."""
        url = urlsplit(self.path)
        if url.path.endswith("/o"):
            return self._send({"items": [self._object(name) for name in self.metadata]})
        name = _name(url.path)
        if parse_qs(url.query).get("alt") == ["media"]:
            return self._send_range(self._file(name))
        return self._send(self._object(name))

    def do_POST(self) -> None:
        """The whole of an upload, or its beginning; or an object made of others."""
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        body = self._body()
        if url.path.endswith("/compose"):
            order, name = json.loads(body), _name(url.path.removesuffix("/compose"))
            with self._file(name, new=True).open("wb") as whole:
                for part in order["sourceObjects"]:
                    with self._file(part["name"]).open("rb") as content:
                        shutil.copyfileobj(content, whole)
            return self._send(self._arrived(name, order["destination"]))
        if query.get("uploadType") == ["resumable"]:
            upload, metadata = uuid.uuid4().hex, json.loads(body or "{}")
            self.uploads[upload] = name = metadata.get("name") or query["name"][0]
            self.metadata.pop(name, None)
            self._file(name, new=True).write_bytes(b"")
            return self._send({}, Location=f"http://{self.headers['Host']}/upload?{upload}")
        _, head, rest = body.split(b"\r\n\r\n", 2)
        metadata = json.loads(head.rpartition(b"\r\n--")[0])
        self._file(metadata["name"], new=True).write_bytes(rest.rpartition(b"\r\n--")[0])
        return self._send(self._arrived(metadata["name"], metadata))

    def do_PUT(self) -> None:
        """A part of an upload."""
        name = self.uploads[urlsplit(self.path).query]
        with self._file(name, new=True).open("ab") as file:
            file.write(self._body())
            size = file.tell()
        if self.headers["Content-Range"].rpartition("/")[2] == str(size):
            return self._send(self._arrived(name, {}))
        return self._send({}, 308, Range=f"bytes=0-{size - 1}")

    def do_PATCH(self) -> None:
        """Metadata of an object."""
        name = _name(urlsplit(self.path).path)
        self.metadata[name] |= json.loads(self._body())
        return self._send(self._object(name))

    def do_DELETE(self) -> None:
        """An object, or an upload."""
        name = _name(urlsplit(self.path).path)
        if self.metadata.pop(name, None):
            self._file(name, new=True).unlink()
        return self._send({}, 204)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _file(self, name: str, new: bool = False) -> Path:
        return self.folder / (uuid.uuid5(uuid.NAMESPACE_URL, name).hex if new or name in self.metadata else "film")

    def _arrived(self, name: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
        crc32c = google_crc32c.Checksum()
        with self._file(name, new=True).open("rb") as content:
            while chunk := content.read(1024**2):
                crc32c.update(chunk)
        self.metadata[name] = {**metadata, "crc32c": base64.b64encode(crc32c.digest()).decode()}
        return self._object(name)

    def _object(self, name: str) -> dict[str, Any]:
        size = self._file(name).stat().st_size
        metadata = {"contentType": "video/mp4", **self.metadata.get(name, {})}
        return {**metadata, "name": name, "bucket": "b", "size": str(size), "generation": "1"}

    def _send_range(self, file: Path) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers["Range"])
        assert asked is not None
        first, last = int(asked[1]), int(asked[2])
        with file.open("rb") as content:
            content.seek(first)
            found = content.read(last - first + 1)
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{first + len(found) - 1}/{file.stat().st_size}")
        self.send_header("Content-Length", str(len(found)))
        self.end_headers()
        self.wfile.write(found)

    def _send(self, answer: Mapping[str, object], status: int = 200, **headers: str) -> None:
        content = json.dumps(answer).encode() if status != 204 else b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


def _name(path: str) -> str:
    return unquote(path.rpartition("/o/")[2])


if __name__ == "__main__":
    Stub.folder = Path(sys.argv[1])
    with ThreadingHTTPServer(("127.0.0.1", 0), Stub) as server:
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()
