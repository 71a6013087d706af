"""The child process that opens a user's file to see what it is.

Reads one request a line, `{"path": ..., "formats": ...}`, and answers each with a line: the fields of
`stoker.media.probe.MediaInfo`, or `{"error": ...}`. A file that crashes the decoder kills this process alone.

    python -I probe_child.py PARENT MEMORY_BYTES
"""

import json
import os
import sys
from fractions import Fraction
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # -I leaves it out

import av
from child import confine  # type: ignore[import-not-found, unused-ignore]
from formats import PROTOCOLS  # type: ignore[import-not-found, unused-ignore]


def probe(path: str, formats: str) -> dict[str, Any]:
    """What a file holds.

    Raises:
        av.FFmpegError: It can't be opened.
    """
    options = {"protocol_whitelist": PROTOCOLS, "format_whitelist": formats}
    with av.open(path, options=options, metadata_errors="replace") as container:
        video = _video(container)
        return {
            "format": container.format.name,
            "streams": len(container.streams),
            "video": video,
            "audio": _audio(container),
            "duration_seconds": _duration(container),  # last, since it may read to the end
        }


def _video(container: "av.container.InputContainer") -> dict[str, Any] | None:
    for stream in container.streams.video:
        if stream.disposition & av.stream.Disposition.attached_pic:
            continue  # The cover of an album is no film.
        if not stream.width or not stream.height:
            continue
        rotation = _rotation(container, stream)
        width = round(stream.width * (stream.sample_aspect_ratio or Fraction(1)))
        height = stream.height
        if rotation % 180:
            width, height = height, width
        return {
            "index": stream.index,
            "codec": stream.codec_context.name,
            "width": width,
            "height": height,
            "square_pixels": (stream.sample_aspect_ratio or 1) == 1,
            "rotation": rotation,
            "pixel_format": stream.pix_fmt,
            "frames_per_second": float(stream.average_rate or 0),
            "duration_seconds": _stream_duration(stream),
        }
    return None


def _rotation(container: "av.container.InputContainer", stream: "av.VideoStream") -> int:
    """Degrees; known to the decoded frame alone, which also shows that the stream can be decoded."""
    for frame in container.decode(stream):
        return int(frame.rotation)
    raise av.InvalidDataError(0, "no frame can be decoded")


def _audio(container: "av.container.InputContainer") -> dict[str, Any] | None:
    for stream in container.streams.audio:
        if stream.channels:
            return {
                "index": stream.index,
                "codec": stream.codec_context.name,
                "channels": stream.channels,
                "sample_rate": stream.sample_rate,
            }
    return None


def _duration(container: "av.container.InputContainer") -> float | None:
    if container.duration is not None and container.duration > 0:
        return container.duration / av.time_base
    # Browsers record WebM without a duration: the last packet tells.
    ends = [
        float((packet.pts + (packet.duration or 0)) * packet.time_base)
        for packet in container.demux()
        if packet.pts is not None and packet.time_base is not None
    ]
    return max(ends, default=None)


def _stream_duration(stream: "av.stream.Stream") -> float | None:
    if stream.duration is None or stream.time_base is None:
        return None
    return float(stream.duration * stream.time_base)


def main() -> None:
    """Answers requests until the parent closes the pipe."""
    confine(int(sys.argv[1]), int(sys.argv[2]))
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = probe(request["path"], request["formats"])
        except (av.FFmpegError, ValueError, MemoryError) as error:
            answer = {"error": getattr(error, "strerror", None) or str(error) or type(error).__name__}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
