"""Whole films are never refused as cut off, even with wrong headers. Films that are cut off are always refused."""

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Ffmpeg
from stoker.errors import TruncatedMedia, UnsupportedMedia
from stoker.probe.extent import missing_share
from stoker.probe.probe import AudioStream, MediaInfo, Prober, VideoStream
from stoker.video.outputs.finish import MadeFile, MadeOutput
from stoker.video.source.film import Film
from stoker.video.source.whole import is_cut_off
from unit.probe.kinds import KINDS
from unit.video.films import outputs_of

pytestmark = pytest.mark.slow

PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25:duration=4")
SOUND = ("-f", "lavfi", "-i", "sine=duration=4:sample_rate=48000")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


FEW = (
    "trimmed mp4",
    "mp4 with a hidden end",
    "live webm",
    "mp3 that gets loud",
    "mp3 and zeros",
    "ogg that starts at 3 s",
)
"""The kinds that are tried in every run."""


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=() if kind in FEW else pytest.mark.soak) for kind in KINDS])
def test_a_good_file_is_not_refused(kind: str, ffmpeg: Ffmpeg) -> None:
    make, seconds = KINDS[kind]
    film = make(ffmpeg)
    with Prober() as prober:
        asked = {"kind": "mp4"} if prober.probe(film).video else {"kind": "audio"}
    [made] = outputs_of(film, asked)
    assert made.duration_seconds == pytest.approx(seconds, abs=0.1)


def wrong_duration(film: Path) -> Path:
    """Of Matroska: ten seconds, in a segment that is whole."""
    content = film.read_bytes()
    at = content.index(b"\x44\x89\x88") + 3
    film.write_bytes(content[:at] + struct.pack(">d", 10_000) + content[at + 8 :])
    return film


def wrong_length(film: Path) -> Path:
    """Of AVI: its picture has as many frames as ten seconds."""
    content = film.read_bytes()
    at = content.index(b"strh") + 8 + 32
    film.write_bytes(content[:at] + struct.pack("<I", 250) + content[at + 4 :])
    return film


def without_index(film: Path) -> Path:
    """Of AVI: its index is something else."""
    film.write_bytes(film.read_bytes().replace(b"idx1", b"JUNK"))
    return film


WRONG: dict[str, Callable[[Ffmpeg], Path]] = {
    "matroska": lambda make: wrong_duration(make("a.mkv", *PICTURE, *SOUND, *H264, "-fflags", "+bitexact")),
    "avi": lambda make: wrong_length(make("a.avi", *PICTURE, *SOUND, "-c:v", "mpeg4")),
    "avi without index": lambda make: without_index(make("a.avi", *PICTURE, *SOUND, "-c:v", "mpeg4")),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_number_in_a_header_is_no_end(kind: str, ffmpeg: Ffmpeg) -> None:
    [made] = outputs_of(WRONG[kind](ffmpeg), {"kind": "mp4"})
    assert made.duration_seconds == pytest.approx(4, abs=0.1)


def test_a_recording_may_begin_within_a_group_of_pictures(ffmpeg: Ffmpeg) -> None:
    """As one of television does: its first second can't be decoded."""
    film = ffmpeg("a.ts", *PICTURE, *H264, "-g", "50", "-keyint_min", "50")
    content = film.read_bytes()
    film.write_bytes(content[188 * (len(content) // 188 // 8) :])
    [made] = outputs_of(film, {"kind": "mp4"})
    assert 1.5 < (made.duration_seconds or 0) < 4


def checksum(page: bytes) -> bytes:
    """Source: RFC 3533, 6."""
    remainder = 0
    for byte in page:
        remainder ^= byte << 24
        for _ in range(8):
            remainder = (remainder << 1) ^ (0x04C11DB7 if remainder & 0x80000000 else 0)
        remainder &= 0xFFFFFFFF
    return struct.pack("<I", remainder)


@pytest.mark.parametrize("samples", [0, 3840, 48_000])
def test_the_start_of_opus_that_is_not_heard(samples: int, ffmpeg: Ffmpeg) -> None:
    sound = ffmpeg("a.opus", *SOUND, "-c:a", "libopus")
    content = bytearray(sound.read_bytes())
    length = content.index(b"OggS", 4)
    at = content.index(b"OpusHead") + 10
    content[at : at + 2] = struct.pack("<H", samples)
    content[22:26] = bytes(4)
    content[22:26] = checksum(bytes(content[:length]))
    sound.write_bytes(content)
    [made] = outputs_of(sound, {"kind": "audio"})
    assert made.duration_seconds == pytest.approx(4.0065 - samples / 48_000, abs=0.1)


CUT = {
    "mp4": ("a.mp4", (*PICTURE, *SOUND, *H264, "-c:a", "aac", "-movflags", "+faststart")),
    "fragments": (
        "a.mp4",
        (*PICTURE, *SOUND, *H264, "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov", "-g", "25"),
    ),
    "matroska": ("a.mkv", (*PICTURE, *SOUND, *H264, "-c:a", "aac")),
    "webm": ("a.webm", (*PICTURE, *SOUND, "-c:v", "libvpx", "-deadline", "realtime")),
    "avi": ("a.avi", (*PICTURE, *SOUND, "-c:v", "mpeg4", "-c:a", "libmp3lame")),
    "flv": ("a.flv", (*PICTURE, *SOUND, *H264, "-c:a", "aac")),
    "wav": ("a.wav", SOUND),
    "flac": ("a.flac", SOUND),
    "mp3": ("a.mp3", (*SOUND, "-b:a", "64k")),
    "m4a": ("a.m4a", (*SOUND, "-movflags", "+faststart")),
}


OF_SOUND = ("a.wav", "a.flac", "a.mp3", "a.m4a")


@pytest.mark.parametrize("kind", CUT)
def test_a_file_that_is_cut_off_is_refused(kind: str, ffmpeg: Ffmpeg) -> None:
    name, arguments = CUT[kind]
    film = ffmpeg(name, *arguments)
    content = film.read_bytes()
    film.write_bytes(content[: len(content) // 2])
    with pytest.raises(TruncatedMedia if kind != "fragments" else (TruncatedMedia, UnsupportedMedia)):
        outputs_of(film, {"kind": "audio" if name in OF_SOUND else "mp4"})


def info(container: str, reached: float | None, declared: float | None, missing: float | None) -> MediaInfo:
    end = declared or 0 if reached is None else reached
    video = VideoStream(0, "h264", 64, 64, True, 25, end)
    audio = AudioStream(1, "aac", 2, end)
    return MediaInfo(
        end,
        2,
        video,
        audio,
        container,
        measured=reached is not None,
        declared_seconds=declared,
        reached_seconds=reached,
        missing_share=missing,
    )


@pytest.mark.parametrize(
    ("container", "declared", "reached", "missing", "found", "cut"),
    [
        ("mov,mp4", 10, 10, 0, 10, False),
        ("mov,mp4", 10, 5, 0, 5, False),
        ("mov,mp4", 10, 5, 0.5, 5, True),
        ("mov,mp4", 10, 5, None, 5, True),
        ("mov,mp4", 10, 9.6, 0.1, 9.6, False),
        ("mov,mp4", 1000, 991, 0.1, 991, False),
        ("mov,mp4", 10, 10, 0, 5, True),
        ("mov,mp4", 10, None, None, 5, True),
        ("matroska,webm", None, 10, None, 10, False),
        ("matroska,webm", 10, 5, None, 5, True),
        ("mp3", 10, 5, None, 5, False),
        ("mp3", 5, 10, None, 10, False),
        ("mp3", 10, 5, 0.5, 5, True),
        ("aac", 10, 5, None, 5, False),
        ("mpegts", 10, 5, None, 5, False),
        ("ogg", 10, 5, None, 5, False),
        ("avi", 5, 5, 0.5, 5, True),
        ("avi", 10, 5, None, 5, False),
        ("wav", 5, 5, 0.01, 5, False),
        ("flac", 10, 5, None, 5, True),
        ("flv", 10, 5, None, 5, True),
    ],
)
def test_a_decision(
    container: str, declared: float | None, reached: float | None, missing: float | None, found: float, cut: bool
) -> None:
    film = Film(info(container, reached, declared, missing))
    made = [MadeOutput("mp4", MadeFile("a.mp4", "video/mp4"), duration_seconds=found, of=("video", "audio"))]
    assert is_cut_off(film, made, "") == cut
    assert not is_cut_off(film, [], "")
    assert is_cut_off(film, [], "[mov] stream 0, offset 0x1: partial file")


def test_a_part_before_the_end_is_whole() -> None:
    film = Film(info("mov,mp4", 5, 10, 0.5), start=1, end=4)
    made = [MadeOutput("mp4", MadeFile("a.mp4", "video/mp4"), duration_seconds=3, of=("video",))]
    assert not is_cut_off(film, made, "")


def test_what_no_decoder_can_begin_with_is_not_missing() -> None:
    video = VideoStream(0, "h264", 64, 64, True, 25, 10, decodable_seconds=3)
    film = Film(MediaInfo(10, 1, video, None, "mpegts", measured=True, reached_seconds=10))
    made = [MadeOutput("mp4", MadeFile("a.mp4", "video/mp4"), duration_seconds=7, of=("video",))]
    assert not is_cut_off(film, made, "")


def box(kind: bytes, size: int, content: int) -> bytes:
    return struct.pack(">I4s", size, kind) + bytes(content)


EBML = b"\x1a\x45\xdf\xa3\x84" + bytes(4) + b"\x18\x53\x80\x67"


@pytest.mark.parametrize(
    ("container", "content", "share"),
    [
        ("mov,mp4", box(b"ftyp", 16, 8) + box(b"mdat", 84, 76), 0),
        ("mov,mp4", box(b"ftyp", 16, 8) + box(b"mdat", 184, 34), 142 / 200),
        ("mov,mp4", box(b"mdat", 0, 90), 0),
        ("mov,mp4", struct.pack(">I4sQ", 1, b"mdat", 200) + bytes(84), 0.5),
        ("mov,mp4", box(b"free", 8, 0) * 30_000, None),
        ("mov,mp4", bytes(100), None),
        ("avi", struct.pack("<4sI", b"RIFF", 92) + bytes(92), 0),
        ("avi", struct.pack("<4sI", b"RIFF", 192) + bytes(92), 0.5),
        ("wav", struct.pack("<4sI", b"RIFF", 0xFFFFFFFF) + bytes(92), None),
        ("wav", struct.pack("<4sI", b"RIFF", 0) + bytes(92), None),
        ("matroska,webm", EBML + b"\x8a" + bytes(10), 0),
        ("matroska,webm", EBML + b"\x40\x56" + bytes(36), 0.5),
        ("matroska,webm", EBML + b"\x01" + b"\xff" * 7 + bytes(90), None),
        ("mp3", b"\xff\xfb\x90\x00" + bytes(32) + b"Info" + struct.pack(">III", 3, 9, 200) + bytes(48), 0.5),
        ("mp3", b"\xff\xfb\x90\x00" + bytes(96), None),
        ("mpegts", bytes(100), None),
        ("mov,mp4", b"", 0),
        ("matroska,webm", b"", None),
        ("mp3", b"ID3\x04\0\0\x7f\x7f\x7f\x7f", None),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else str(value),
)
def test_the_share_that_is_missing(container: str, content: bytes, share: float | None) -> None:
    found = missing_share(container, lambda at, length: content[at : at + length], len(content))
    assert found == (share if share is None else pytest.approx(share, abs=0.01))
