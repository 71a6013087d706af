"""The child process that opens a user's file to find out what it holds.

Each line of its input is a request: the arguments of `probe`, as JSON. Each answer is a line with the fields of
`stoker.probe.probe.MediaInfo`, or `{"error": ...}`. A file that crashes the decoder kills only this process.

If a request has the `size` of a file instead of a path, the file is read through the parent: this process writes
`range OFFSET LENGTH`, and reads the bytes from its input.

    python -I probe_child.py PARENT MEMORY_BYTES
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

sys.path.insert(0, os.path.abspath(__file__ + "/../../.."))  # -I leaves `functions` out

import av

from stoker.probe.edits import late_seconds
from stoker.probe.extent import MAX_PARTS, missing_share
from stoker.probe.metadata import chapters
from stoker.probe.packet_statistics import FASTEST
from stoker.probe.read_at import ReadAt, reader
from stoker.probe.text_tracks import list_tracks
from stoker.probe.track_reader import TrackReader
from stoker.sandbox.child import confine
from stoker.sandbox.formats import PROTOCOLS
from stoker.sandbox.seccomp import go_offline

READ_BYTES = 1024**2
"""Bytes that are read at once. Each read of a file through the parent is a request to Cloud Storage."""

REMOTE_PARTS = 64
"""Parts of a remote file that are read to find out whether it is whole. Each is a request to Cloud Storage."""

SAYS_SECONDS = frozenset({"mov", "matroska", "avi", "flv", "asf", "wav", "flac", "mpegts", "mpeg", "ogg"})
"""Formats whose duration is reliable: the container holds it, or the demuxer reads the end of the file."""


class ParentFile:
    """A file that is read through the parent, with the methods of an open file that PyAV needs.

    Args:
        size: The size, in bytes.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._at = 0

    def read(self, length: int) -> bytes:
        """Read bytes; fewer at the end of the file."""
        length = min(length, self.size - self._at)
        if length <= 0:
            return b""
        print(f"range {self._at} {length}", flush=True)
        content = sys.stdin.buffer.read(length)
        self._at += len(content)
        return content

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to another offset."""
        self._at = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence] + offset
        return self._at

    def read_at(self, offset: int, length: int) -> bytes:
        """Read bytes at an offset."""
        self._at = offset
        return self.read(length)

    def tell(self) -> int:
        """Return the offset of the next read."""
        return self._at


def probe(
    formats: str, measure: bool | None = None, path: str = "", size: int = 0, language: str = ""
) -> dict[str, Any]:
    """Return what a file holds, as fields of `stoker.probe.probe.MediaInfo`.

    Args:
        formats: ffmpeg's names of the demuxers that may open the file, separated by commas.
        measure: Whether to read all packets, instead of believing the container. None reads all packets of a local
            file, and those of a remote file only if its container does not say enough.
        path: The path of a local file; empty for a file that is read through the parent.
        size: The size of a file that is read through the parent, in bytes.
        language: The language of the sound to prefer.

    Raises:
        av.FFmpegError: The file can't be opened, or nothing in it can be decoded.
    """
    options = {"protocol_whitelist": PROTOCOLS, "format_whitelist": formats}
    file = path or ParentFile(size)
    with av.open(file, "r", options=options, metadata_errors="replace", buffer_size=READ_BYTES) as container:
        names = container.format.name
        declared = max(0, (container.duration or 0) - _lead(container)) / av.time_base
        missing = None if measure is False else _missing(file, names)
        if measure is None:
            measure = bool(path) or not believable(container, declared)
        found = TrackReader(container, language)
        found.read(to_end=measure or declared <= 0)
        answer: dict[str, Any] = found.answer(declared, missing)
        if answer["video"] and "mov" in names.split(","):
            answer["video"]["late_seconds"] = _late(file, answer["video"]["index"])
        marks = {"subtitles": list_tracks(container.streams.subtitles), "chapters": chapters(container)}
        return {**answer, **marks}


def _lead(container: "av.container.InputContainer") -> int:
    """Return the part of a file's duration before its start, in microseconds.

    Matroska's duration counts from 0, also if the file's clock begins later.
    """
    return max(0, container.start_time or 0) if "matroska" in container.format.name.split(",") else 0


def believable(container: "av.container.InputContainer", declared: float) -> bool:
    """Return whether a container holds the duration and the frame rate. For other containers, the demuxer guesses."""
    names = set(container.format.name.split(","))
    if declared <= 0 or not names & SAYS_SECONDS:
        return False
    steady = [0 < (stream.average_rate or 0) <= FASTEST for stream in container.streams.video]
    return "mov" in names or all(steady)


def _missing(file: "str | ParentFile", container: str) -> float | None:
    size, parts = (file.size, REMOTE_PARTS) if isinstance(file, ParentFile) else (os.path.getsize(file), MAX_PARTS)
    with _opened(file) as read:
        return missing_share(container, read, size, parts)


def _late(file: "str | ParentFile", track: int) -> float:
    with _opened(file) as read:
        return late_seconds(read, track)


@contextmanager
def _opened(file: "str | ParentFile") -> Iterator[ReadAt]:
    if isinstance(file, ParentFile):
        at = file.tell()
        yield file.read_at
        file.seek(at)
        return
    with open(file, "rb") as opened:
        yield reader(opened)


def main() -> None:
    """Confine this process, and answer requests until the parent closes the pipe."""
    confine(int(sys.argv[1]), int(sys.argv[2]), file_bytes=0)
    go_offline()
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        try:
            answer = probe(**request)
        except Exception as error:
            # Any error of the decoder is an answer about this file. The process stays ready for the next request.
            answer = {"error": getattr(error, "strerror", None) or str(error) or type(error).__name__}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
