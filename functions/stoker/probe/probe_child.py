"""The child process that opens a user's file to see what it is.

Reads one request a line, the arguments of `probe`, and answers each with a line: the fields of
`stoker.probe.probe.MediaInfo`, or `{"error": ...}`. A file that crashes the decoder kills this process alone.

Where a request has the `size` of a file instead of a path, the file is read from the parent: this process writes
`range OFFSET LENGTH`, and reads as many bytes.

    python -I probe_child.py PARENT MEMORY_BYTES
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

sys.path.insert(0, os.path.abspath(__file__ + "/../../.."))  # -I leaves `functions` out

import av

from stoker.probe.edits import late_seconds
from stoker.probe.extent import missing_share
from stoker.probe.found import Found
from stoker.probe.marks import chapters
from stoker.probe.survey import FASTEST
from stoker.probe.text_tracks import listed
from stoker.sandbox.child import confine
from stoker.sandbox.formats import PROTOCOLS
from stoker.sandbox.seccomp import go_offline

READ_BYTES = 1024**2
"""What is read at once of a file that the parent reads: a request each."""

REMOTE_PARTS = 64
"""Parts of a file that the parent reads which are looked at to see whether it is whole: a request each."""

SAYS_SECONDS = frozenset({"mov", "matroska", "avi", "flv", "asf", "wav", "flac", "mpegts", "mpeg", "ogg"})
"""Formats whose duration can be believed: the container has it, or the demuxer reads the end of the file."""


class ParentFile:
    """A file that the parent reads. PyAV takes it for an open one.

    Args:
        size: Bytes.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._at = 0

    def read(self, length: int) -> bytes:
        """Reads bytes; fewer at the end of the file."""
        length = min(length, self.size - self._at)
        if length <= 0:
            return b""
        print(f"range {self._at} {length}", flush=True)
        content = sys.stdin.buffer.read(length)
        self._at += len(content)
        return content

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Goes to another place."""
        self._at = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence] + offset
        return self._at

    def read_at(self, offset: int, length: int) -> bytes:
        """Reads bytes at another place."""
        self._at = offset
        return self.read(length)

    def tell(self) -> int:
        """The place where the next read begins."""
        return self._at


def probe(
    formats: str, measure: bool | None = None, path: str = "", size: int = 0, language: str = ""
) -> dict[str, Any]:
    """What a file holds.

    Args:
        formats: The demuxers that may open it.
        measure: Whether to read it to its end, rather than to believe what its container says; None where it is up to
            the file: one that is here is read, and one that the parent reads where its container does not say enough.
        path: The file; none where the parent reads it.
        size: How many bytes it has, where the parent reads it.
        language: Of the sound to prefer.

    Raises:
        av.FFmpegError: It can't be opened, or nothing in it can be decoded.
    """
    options = {"protocol_whitelist": PROTOCOLS, "format_whitelist": formats}
    file = path or ParentFile(size)
    with av.open(file, "r", options=options, metadata_errors="replace", buffer_size=READ_BYTES) as container:
        names = container.format.name
        told = max(0, (container.duration or 0) - _lead(container)) / av.time_base
        missing = None if measure is False else _missing(file, names)
        if measure is None:
            measure = bool(path) or not believable(container, told)
        found = Found(container, language)
        found.read(to_end=measure or told <= 0)
        answer: dict[str, Any] = found.answer(told, missing)
        if answer["video"] and "mov" in names.split(","):
            answer["video"]["late_seconds"] = _late(file, answer["video"]["index"])
        marks = {"subtitles": listed(container.streams.subtitles), "chapters": chapters(container)}
        return {**answer, **marks}


def _lead(container: "av.container.InputContainer") -> int:
    """How much of the duration in a file lies before its start. Matroska counts from 0, wherever its clock begins."""
    return max(0, container.start_time or 0) if "matroska" in container.format.name.split(",") else 0


def believable(container: "av.container.InputContainer", told: float) -> bool:
    """Whether a container says how long and how fast its tracks are. The demuxers of others guess."""
    names = set(container.format.name.split(","))
    if told <= 0 or not names & SAYS_SECONDS:
        return False
    steady = [0 < (stream.average_rate or 0) <= FASTEST for stream in container.streams.video]
    return "mov" in names or all(steady)


def _missing(file: "str | ParentFile", container: str) -> float | None:
    missing: float | None
    if isinstance(file, ParentFile):
        at = file.tell()
        missing = missing_share(container, file.read_at, file.size, REMOTE_PARTS)
        file.seek(at)
        return missing
    with open(file, "rb") as opened:
        missing = missing_share(container, _reading(opened), os.path.getsize(file))
        return missing


def _late(file: "str | ParentFile", track: int) -> float:
    late: float
    if isinstance(file, ParentFile):
        late = late_seconds(file.read_at, track)
        return late
    with open(file, "rb") as opened:
        late = late_seconds(_reading(opened), track)
        return late


def _reading(file: BinaryIO) -> Callable[[int, int], bytes]:
    def read(offset: int, length: int) -> bytes:
        file.seek(offset)
        return file.read(length)

    return read


def main() -> None:
    """Answers requests until the parent closes the pipe."""
    confine(int(sys.argv[1]), int(sys.argv[2]), file_bytes=0)
    go_offline()
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        try:
            answer = probe(**request)
        except Exception as error:
            # Whatever a file does to the decoder, it is an answer, and the next file is asked for.
            answer = {"error": getattr(error, "strerror", None) or str(error) or type(error).__name__}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
