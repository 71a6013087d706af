"""Kinds of containers, and the ways to make them."""

from collections.abc import Callable
from pathlib import Path

from conftest import Ffmpeg
from unit.probe.test_survey import (
    BOTH,
    H264,
    LOUD_FIRST,
    QUIET_FIRST,
    SOUND,
    VBR,
    VP8,
    hidden_end,
    joined,
    late_mp4,
    with_zeros,
)

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
