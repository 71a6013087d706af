"""The child process that opens a user's file to see what it is.

Reads one request a line, `{"path": ..., "formats": ..., "measure": ...}`, and answers each with a line: the fields of
`stoker.media.probe.MediaInfo`, or `{"error": ...}`. A file that crashes the decoder kills this process alone.

Where a request has the `size` of a file instead of a path, the file is read from the parent: this process writes
`range OFFSET LENGTH`, and reads as many bytes.

    python -I probe_child.py PARENT MEMORY_BYTES
"""

import json
import os
import re
import sys
from collections.abc import Callable
from fractions import Fraction
from itertools import islice
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # -I leaves it out

import av
from child import confine  # type: ignore[import-not-found, unused-ignore]
from formats import PROTOCOLS  # type: ignore[import-not-found, unused-ignore]
from offline import go_offline  # type: ignore[import-not-found, unused-ignore]
from text_tracks import listed  # type: ignore[import-not-found, unused-ignore]

READ_BYTES = 1024**2
"""What is read at once of a file that the parent reads: a request each."""

MAX_SOUNDS = 32
"""More than a film has languages."""

MAX_PACKETS = 3000
"""How many are read to find a sample of each sound: some ten seconds of a film. Sounds lie closer together."""

MAX_CHAPTERS = 1000
"""More than a film has."""

MAX_TAG = 1000
"""Characters of a title or a language. No reader shows more."""

HDR = {16: "pq", 18: "hlg"}
"""Transfer functions. Source: ITU-T H.273, table 3."""


class Remote:
    """A file that the parent reads. PyAV takes it for an open one.

    Args:
        size: Bytes.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._at = 0

    def read(self, length: int) -> bytes:
        """Reads bytes; fewer at the end of the file."""
        length = min(length, self._size - self._at)
        if length <= 0:
            return b""
        print(f"range {self._at} {length}", flush=True)
        content = sys.stdin.buffer.read(length)
        self._at += len(content)
        return content

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Goes to another place."""
        self._at = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence] + offset
        return self._at

    def tell(self) -> int:
        """The place where the next read begins."""
        return self._at


def probe(formats: str, measure: bool, path: str = "", size: int = 0) -> dict[str, Any]:
    """What a file holds.

    Args:
        path: The file; none where the parent reads it.
        size: How many bytes it has, where the parent reads it.
        formats: The demuxers that may open it.
        measure: Whether to read it to its end, rather than to believe the duration that it tells.

    Raises:
        av.FFmpegError: It can't be opened.
    """
    options = {"protocol_whitelist": PROTOCOLS, "format_whitelist": formats}

    def opened() -> "av.container.InputContainer":
        file = path or Remote(size)
        return av.open(file, "r", options=options, metadata_errors="replace", buffer_size=READ_BYTES)

    with opened() as container:
        video, audio = _video(container), _audio(container)
        told = 0 if measure else (container.duration or 0) / av.time_base
        return {
            "streams": len(container.streams),
            "video": video,
            "audio": audio,
            "duration_seconds": told if told > 0 else _measured(container),
            "container": container.format.name,
            "bits_per_second": container.bit_rate or None,
            "subtitles": listed(container.streams.subtitles),
            "sounds": _sounds(opened) if len(container.streams.audio) > 1 else [audio] if audio else [],
            "chapters": _chapters(container),
        }


def _video(container: "av.container.InputContainer") -> dict[str, Any] | None:
    for stream in container.streams.video:
        if stream.codec_context is None or stream.disposition & av.stream.Disposition.attached_pic:
            continue  # A codec that nobody knows can't be decoded, and the cover of an album is no film.
        if not stream.width or not stream.height:
            continue
        frame = _first_frame(container, stream)
        width, height = round(stream.width * (stream.sample_aspect_ratio or Fraction(1))), stream.height
        if frame.rotation % 180:
            width, height = height, width
        return {
            "index": stream.index,
            "codec": stream.codec_context.name,
            "width": width,
            "height": height,
            "square_pixels": (stream.sample_aspect_ratio or 1) == 1,
            "frames_per_second": float(stream.average_rate or 0),
            "duration_seconds": _stream_duration(stream),
            "pixel_format": frame.format.name,
            "bit_depth": frame.format.components[0].bits,
            "rotation": int(frame.rotation),
            "interlaced": bool(frame.interlaced_frame),
            "hdr": HDR.get(int(frame.color_trc or 0)),
            "bits_per_second": stream.bit_rate or None,
            "start_seconds": _start(stream),
            "colours": {
                "primaries": int(frame.color_primaries),
                "transfer": int(frame.color_trc),
                "matrix": int(frame.colorspace),
                "full_range": {1: False, 2: True}.get(int(frame.color_range)),
            },
        }
    return None


def _first_frame(container: "av.container.InputContainer", stream: "av.VideoStream") -> "av.VideoFrame":
    """The decoded frame alone knows how it is turned, and shows that the stream can be decoded."""
    for frame in container.decode(stream):
        return frame
    raise av.InvalidDataError(0, "no frame can be decoded")


def _audio(container: "av.container.InputContainer") -> dict[str, Any] | None:
    for stream in container.streams.audio:
        if stream.codec_context is not None and stream.channels:
            return _sound(stream)
    return None


def _sound(stream: "av.AudioStream") -> dict[str, Any]:
    return {
        "index": stream.index,
        "codec": stream.codec_context.name,
        "channels": stream.channels,
        "duration_seconds": _stream_duration(stream),
        "layout": stream.layout.name,
        "samples_per_second": stream.rate,
        "profile": stream.codec_context.profile,
        "start_seconds": _start(stream),
        "language": _tag(stream.metadata.get("language")),
        "title": _tag(stream.metadata.get("title")),
    }


def _sounds(opened: Callable[[], "av.container.InputContainer"]) -> list[dict[str, Any]]:
    """The sounds that can be decoded. The file is opened once more, because it may not be able to go back."""
    with opened() as container:
        streams = [stream for stream in container.streams.audio if stream.codec_context is not None and stream.channels]
        streams = streams[:MAX_SOUNDS]
        waiting = {stream.index for stream in streams}
        for packet in islice(container.demux(), MAX_PACKETS):
            if packet.stream.index in waiting and _decodes(packet):
                waiting.discard(packet.stream.index)
            if not waiting:
                break
        return [_sound(stream) for stream in streams if stream.index not in waiting]


def _decodes(packet: "av.Packet[Any]") -> bool:
    try:
        return bool(packet.decode())
    except av.FFmpegError:
        return False  # the next packet may be whole


def _chapters(container: "av.container.InputContainer") -> list[dict[str, Any]]:
    """The chapters. ffmpeg tells their times on the clock of the file."""
    begins = (container.start_time or 0) / av.time_base
    found = [
        {
            "start": max(0.0, float(chapter["start"] * (chapter["time_base"] or 0)) - begins),
            "title": _tag(chapter["metadata"].get("title")) or "",
        }
        for chapter in islice(container.chapters(), MAX_CHAPTERS)
    ]
    return sorted(found, key=lambda chapter: chapter["start"])


def _tag(value: str | None) -> str | None:
    return value[:MAX_TAG] if value else None


def _start(stream: "av.stream.Stream") -> float:
    return float((stream.start_time or 0) * (stream.time_base or 0))


def _stream_duration(stream: "av.stream.Stream") -> float | None:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return _clock(stream.metadata.get("DURATION", ""))  # where Matroska keeps it


def _clock(text: str) -> float | None:
    found = re.fullmatch(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)", text)
    return int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3]) if found else None


def _measured(container: "av.container.InputContainer") -> float | None:
    """From the first packet to the end of the last: browsers record WebM without a duration, and a file may lie."""
    starts, ends = [], []
    for packet in container.demux():
        if packet.pts is not None and packet.time_base is not None:
            starts.append(float(packet.pts * packet.time_base))
            ends.append(float((packet.pts + (packet.duration or 0)) * packet.time_base))
    return max(ends) - min(starts) if ends else None


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
