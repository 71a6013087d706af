"""Changes in the course of a stream, and interlaced frames, are seen without decoding it, so that no copy has them."""

import pickle
from pathlib import Path

import pytest

from conftest import Ffmpeg
from stoker.probe.picture_parameters import PictureParameters
from stoker.probe.probe import MediaInfo, Prober, VideoStream
from stoker.probe.sound_parameters import sound_parameters
from stoker.video.encode.copying import copyable_picture
from stoker.video.source.film import Film

SIZES = ("64x64", "96x64")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
INTERLACED = ("-flags", "+ildct+ilme", "-x264-params", "tff=1")


def picture(size: str, *options: str) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", f"testsrc2=size={size}:rate=25:duration=1", *options)


def joined(ffmpeg: Ffmpeg, first: tuple[str, ...], second: tuple[str, ...], name: str) -> Path:
    """Two parts after one another, in the container that a name says."""
    parts = [
        ffmpeg(f"{number}.ts", *part, "-output_ts_offset", str(number)) for number, part in enumerate((first, second))
    ]
    whole = parts[0].with_name("whole.ts")
    whole.write_bytes(b"".join(part.read_bytes() for part in parts))
    return whole if name == "whole.ts" else ffmpeg(name, "-i", str(whole), "-c", "copy")


def probed(file: Path) -> MediaInfo:
    with Prober() as prober:
        return prober.probe(file)


def video_of(file: Path) -> VideoStream:
    video = probed(file).video
    assert video is not None
    return video


@pytest.mark.parametrize(
    "name",
    ["whole.ts", "whole.mp4", *(pytest.param(name, marks=pytest.mark.soak) for name in ("whole.mkv", "whole.flv"))],
)
@pytest.mark.parametrize(
    ("second", "changes", "steady"),
    [
        (picture(SIZES[0], *H264), (), True),
        (picture(SIZES[1], *H264), ("96 x 64",), False),
        (picture(SIZES[0], *H264[:3], "medium", *H264[4:]), (), False),
    ],
    ids=["the same", "another size", "other parameters"],
)
def test_a_change_is_seen(
    ffmpeg: Ffmpeg, name: str, second: tuple[str, ...], changes: tuple[str, ...], steady: bool
) -> None:
    video = video_of(joined(ffmpeg, picture(SIZES[0], *H264), second, name))
    assert (video.changes, video.steady, video.progressive) == (changes, steady, True)


@pytest.mark.parametrize("name", ["whole.ts", "whole.mp4", pytest.param("whole.mkv", marks=pytest.mark.soak)])
def test_frames_that_are_interlaced_only_later_are_not_copied(ffmpeg: Ffmpeg, name: str) -> None:
    film = joined(ffmpeg, picture(SIZES[0], *H264), picture(SIZES[0], *H264, *INTERLACED), name)
    video = video_of(film)
    assert not video.interlaced
    assert not video.progressive
    assert copyable_picture(Film(probed(film)), (64, 64), "high") is None


@pytest.mark.parametrize(
    ("options", "copied"), [((), True), (INTERLACED, False), (("-x264-params", "fake-interlaced=1"), False)]
)
def test_only_what_is_progressive_for_sure_is_copied(ffmpeg: Ffmpeg, options: tuple[str, ...], copied: bool) -> None:
    film = Film(probed(ffmpeg("a.mp4", *picture("64x64", *H264, "-crf", "40", *options))))
    assert (copyable_picture(film, (64, 64), "high") is not None) == copied


CODECS = {
    "hevc": ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"),
    "hevc of 10 bits 4:4:4": (
        *("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-pix_fmt", "yuv444p10le"),
    ),
    "h264 of 4:4:4": ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p"),
    "h264 of 10 bits": ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv422p10le"),
    "h264 interlaced": (*H264, *INTERLACED),
    "h264 baseline": (*H264, "-profile:v", "baseline"),
    "mpeg2": ("-c:v", "mpeg2video"),
}


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(
    "sizes",
    [
        pytest.param(("64x64", "128x96"), id="whole blocks", marks=pytest.mark.soak),
        pytest.param(("98x56", "200x100"), id="cropped"),
    ],
)
def test_a_size_is_read_of_every_codec(ffmpeg: Ffmpeg, codec: str, sizes: tuple[str, str]) -> None:
    options = CODECS[codec]
    film = joined(ffmpeg, picture(sizes[0], *options), picture(sizes[1], *options), "whole.ts")
    assert video_of(film).changes == (sizes[1].replace("x", " x "),)


@pytest.mark.parametrize("codec", ["libvpx", "libvpx-vp9"])
def test_a_size_is_read_of_webm(ffmpeg: Ffmpeg, codec: str) -> None:
    """As browsers record: the same stream in another size."""
    streams = []
    for size in SIZES:
        ivf = ffmpeg(f"{size}.ivf", *picture(size, "-c:v", codec, "-deadline", "realtime", "-cpu-used", "8"))
        streams.append(ivf.read_bytes())
    whole = ivf.with_name("whole.ivf")
    whole.write_bytes(streams[0] + streams[1][32:])
    film = ffmpeg("film.webm", "-i", str(whole), "-c", "copy", "-bsf:v", "setts=pts=N*40:dts=N*40:time_base=1/1000")
    assert video_of(film).changes == ("96 x 64",)


@pytest.mark.parametrize(
    ("codec", "first", "second", "changes"),
    [
        ("aac", ("48000", "2"), ("44100", "1"), ("44100 Hz with 1 channel",)),
        ("mp2", ("48000", "2"), ("44100", "1"), ("44100 Hz with 1 channel",)),
        ("ac3", ("48000", "2"), ("48000", "6"), ("48000 Hz with 6 channels",)),
        ("eac3", ("48000", "6"), ("48000", "2"), ("48000 Hz with 2 channels",)),
        ("libmp3lame", ("24000", "1"), ("24000", "2"), ("24000 Hz with 2 channels",)),
        ("aac", ("48000", "2"), ("48000", "2"), ()),
        ("mp2", ("48000", "2"), ("48000", "2"), ()),
        ("ac3", ("48000", "6"), ("48000", "6"), ()),
        ("eac3", ("48000", "2"), ("48000", "2"), ()),
    ],
)
def test_a_change_of_the_sound_is_seen(
    ffmpeg: Ffmpeg, codec: str, first: tuple[str, str], second: tuple[str, str], changes: tuple[str, ...]
) -> None:
    def part(sound: tuple[str, str]) -> tuple[str, ...]:
        return ("-f", "lavfi", "-i", "sine=duration=1", "-ar", sound[0], "-ac", sound[1], "-c:a", codec)

    audio = probed(joined(ffmpeg, part(first), part(second), "whole.ts")).audio
    assert audio is not None
    assert audio.changes == changes


@pytest.mark.parametrize("content", [b"", b"\0", b"\1", b"\xff" * 600, b"\0\0\1\x67" + b"\0" * 600, b"\1" * 30])
@pytest.mark.parametrize("codec", ["h264", "hevc", "vp8", "vp9", "mpeg2video", "av1", ""])
def test_nonsense_is_no_parameter(codec: str, content: bytes) -> None:
    parameters = PictureParameters(codec, content)
    parameters.changed(content)
    parameters.look(memoryview(content), True)
    assert not parameters.known
    assert sound_parameters("aac", content) is None


def test_what_is_kept_of_many_parameters_is_bounded() -> None:
    parameters = PictureParameters("h264", b"")
    for number in range(2000):
        parameters.look(memoryview(b"\0\0\1\x68\x80" + number.to_bytes(4, "big") + b"\x80"), True)
    assert not parameters.steady
    assert len(pickle.dumps(parameters)) < 300 * 40
    parameters.look(memoryview(b"\0\0\1\x06\x80" * 100_000), True)
