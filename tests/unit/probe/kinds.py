"""Kinds of containers, and the ways to make them."""

import struct
from collections.abc import Callable
from pathlib import Path

from conftest import Ffmpeg

PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25:duration=3")
SOUND = ("-f", "lavfi", "-i", "sine=duration=3:sample_rate=48000")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
BOTH = (*PICTURE, *SOUND)
VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus")
QUIET_FIRST = "anoisesrc=d=12:r=44100,volume='if(lt(t,6),0,1)':eval=frame"
LOUD_FIRST = "anoisesrc=d=12:r=44100,volume='if(lt(t,6),1,0)':eval=frame"
VBR = ("-c:a", "libmp3lame", "-q:a", "0")


def with_zeros(file: Path) -> Path:
    file.write_bytes(file.read_bytes() + bytes(102_400))
    return file


def late_mp4(ffmpeg: Ffmpeg) -> Path:
    """Trimmed as phones do: an edit list hides the start of a group of pictures that is open."""
    opened = (
        "-c:v",
        "libx264",
        "-bf",
        "2",
        "-x264-params",
        "open-gop=1:keyint=20:min-keyint=20",
        "-pix_fmt",
        "yuv420p",
    )
    whole = ffmpeg("whole.mp4", *BOTH, *opened, "-c:a", "aac")
    return ffmpeg("trimmed.mp4", "-ss", "1.3", "-i", str(whole), "-c", "copy")


def hidden_end(ffmpeg: Ffmpeg) -> Path:
    """An edit list that ends a second before the samples do."""
    whole = ffmpeg("whole.mp4", *BOTH, *H264, "-c:a", "aac")
    content = bytearray(whole.read_bytes())
    at = -1
    while (at := content.find(b"elst", at + 1)) >= 0:
        length = slice(at + 12, at + 16)
        content[length] = struct.pack(">I", int.from_bytes(content[length], "big") * 2 // 3)
    whole.write_bytes(content)
    return whole


def joined(ffmpeg: Ffmpeg) -> Path:
    part = ffmpeg("part.ts", *BOTH, *H264, "-c:a", "aac")
    part.write_bytes(part.read_bytes() * 2)
    return part


KINDS: dict[str, tuple[Callable[[Ffmpeg], Path], float]] = {
    "mp4": (lambda make: make("a.mp4", *BOTH, *H264, "-c:a", "aac"), 3),
    "fragments": (lambda make: make("a.mp4", *BOTH, *H264, "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"), 3),
    "trimmed mp4": (late_mp4, 1.7),
    "mp4 with a hidden end": (hidden_end, 2),
    "mkv": (lambda make: make("a.mkv", *BOTH, *H264, "-c:a", "aac"), 3),
    "live webm": (lambda make: make("a.webm", *BOTH, *VP8, "-live", "1"), 3),
    "webm that starts at 100 s": (
        lambda make: make("a.webm", *BOTH, *VP8, "-live", "1", "-output_ts_offset", "100"),
        3,
    ),
    "ts": (lambda make: make("a.ts", *BOTH, *H264, "-c:a", "aac", "-output_ts_offset", "1000"), 3),
    "joined ts": (joined, 6),
    "mpeg": (lambda make: make("a.mpg", *BOTH, "-c:v", "mpeg2video", "-c:a", "mp2"), 3),
    "avi": (lambda make: make("a.avi", *BOTH, "-c:v", "mpeg4", "-c:a", "libmp3lame"), 3),
    "flv": (lambda make: make("a.flv", *BOTH, *H264, "-c:a", "aac"), 3),
    "flv without a duration": (
        lambda make: make("a.flv", *BOTH, *H264, "-c:a", "aac", "-flvflags", "no_duration_filesize"),
        3,
    ),
    "mp3": (lambda make: make("a.mp3", "-f", "lavfi", "-i", QUIET_FIRST, *VBR), 12),
    "mp3 that gets loud": (lambda make: make("a.mp3", "-f", "lavfi", "-i", QUIET_FIRST, *VBR, "-write_xing", "0"), 12),
    "mp3 that gets quiet": (lambda make: make("a.mp3", "-f", "lavfi", "-i", LOUD_FIRST, *VBR, "-write_xing", "0"), 12),
    "mp3 and zeros": (lambda make: with_zeros(make("a.mp3", "-f", "lavfi", "-i", QUIET_FIRST, *VBR)), 12),
    "aac that gets loud": (
        lambda make: make("a.aac", "-f", "lavfi", "-i", QUIET_FIRST, "-c:a", "aac", "-q:a", "1"),
        12,
    ),
    "ogg that starts at 3 s": (lambda make: make("a.ogg", *SOUND, "-c:a", "libvorbis", "-output_ts_offset", "3"), 3),
    "opus": (lambda make: make("a.opus", *SOUND, "-c:a", "libopus"), 3),
    "flac": (lambda make: make("a.flac", *SOUND), 3),
    "wav": (lambda make: make("a.wav", *SOUND), 3),
}
