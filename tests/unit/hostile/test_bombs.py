"""Files that declare or become too much: they are refused, or come out within the bounds."""

import io
import shutil
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from conftest import Ffmpeg
from stoker import config
from stoker.errors import InputTooLarge, PermanentError, UnsupportedMedia
from unit.hostile.files import ALL, H264, LINUX, PICTURE, outcome, pieces, refused, small, written
from unit.sandbox.guard import Seen
from unit.video.films import outputs_of

pytestmark = [LINUX, pytest.mark.slow]

FFMPEG_BYTES = 64 * 1024**2
"""The memory that ffmpeg takes for a sound, beside its largest buffer."""


def still(ffmpeg: Ffmpeg, picture: Path, name: str) -> Path:
    """A film of one picture."""
    return ffmpeg(name, "-i", str(picture), "-c", "copy")


def png(width: int, height: int, channels: int) -> bytes:
    """A black picture of 8 bits a channel, which takes a thousandth of its size."""
    squeezed = zlib.compressobj(1)
    row = bytes(1 + width * channels)
    data = b"".join(squeezed.compress(row) for _ in range(height)) + squeezed.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )


@pytest.fixture(scope="module")
def huge_picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("huge") / "huge.png"
    file.write_bytes(png(16_000, 16_000, 3))
    return file


def test_a_film_of_16000_x_16000(ffmpeg: Ffmpeg, huge_picture: Path) -> None:
    error = refused(still(ffmpeg, huge_picture, "huge.mkv"))
    assert isinstance(error, InputTooLarge)
    assert "7680 x 4320" in error.message


def test_a_watermark_of_16000_x_16000(ffmpeg: Ffmpeg, huge_picture: Path, tmp_path: Path) -> None:
    shutil.copy(huge_picture, tmp_path / "watermark")
    error = refused(small(ffmpeg), watermark={"source": "public/mark.png"})
    assert isinstance(error, InputTooLarge)
    assert "4096 x 4096" in error.message


def test_a_picture_that_declares_the_largest_size(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    jpeg = bytearray(ffmpeg("a.jpg", *PICTURE, "-frames:v", "1", "-update", "1").read_bytes())
    at = jpeg.find(b"\xff\xc0")
    jpeg[at + 5 : at + 9] = struct.pack(">HH", 65_500, 65_500)
    (tmp_path / "watermark").write_bytes(jpeg)
    assert isinstance(refused(small(ffmpeg), watermark={"source": "public/mark.jpg"}), UnsupportedMedia)
    jpeg[at + 5 : at + 9] = struct.pack(">HH", 4000, 4000)  # allowed, and 99 % of it is not there
    (tmp_path / "watermark").write_bytes(jpeg)
    assert outcome(small(ffmpeg), watermark={"source": "public/mark.jpg"})


def zipped() -> bytes:
    """64 MiB of nothing in 64 KiB."""
    content = io.BytesIO()
    with (
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("a", "w") as file,
    ):
        for _ in range(64):
            file.write(bytes(1024**2))
    return content.getvalue()


def test_a_zip_bomb(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    bomb = zipped()
    assert isinstance(refused(written(tmp_path, bomb)), UnsupportedMedia)
    (tmp_path / "watermark").write_bytes(bomb)
    assert isinstance(refused(small(ffmpeg), watermark={"source": "public/mark.png"}), UnsupportedMedia)


def slow(ffmpeg: Ffmpeg, seconds: int) -> Path:
    """Two pictures, of which each stands still for half of the time."""
    still = f"color=size=64x64:rate=2/{seconds}:duration={seconds}"
    return ffmpeg("slow.mp4", "-f", "lavfi", "-i", still, *H264)


def test_100000_seconds_of_nothing(ffmpeg: Ffmpeg) -> None:
    error = refused(slow(ffmpeg, 100_000))
    assert isinstance(error, InputTooLarge)
    assert "4 hours" in error.message


def test_nothing_for_as_long_as_is_allowed(ffmpeg: Ffmpeg) -> None:
    """Two pictures for nearly four hours come out in every form that has a picture."""
    wanted = ALL[:6]
    made = outputs_of(slow(ffmpeg, 14_000), *wanted)
    assert pieces(made) == [output["kind"] for output in wanted]
    assert [output.duration_seconds for output in made[:3]] == [pytest.approx(14_000, abs=1)] * 3


@pytest.mark.parametrize("kind", ["mp4", "sprite", "poster", "preview"])
def test_a_header_that_hides_100000_seconds(ffmpeg: Ffmpeg, kind: str) -> None:
    """The header names three seconds. In the middle of them, the clock jumps ahead by a day."""
    jump = "setpts='if(lt(N,10),PTS,PTS+100000/TB)'"
    film = ffmpeg("lie.mkv", *PICTURE, "-vf", jump, "-fps_mode", "passthrough", *H264, "-fflags", "+bitexact")
    content = film.read_bytes()
    at = content.index(b"\x44\x89\x88") + 3  # Duration, of eight bytes, in milliseconds
    film.write_bytes(content[:at] + struct.pack(">d", 3000) + content[at + 8 :])
    made = outcome(film, {"kind": kind})
    if not isinstance(made, PermanentError):
        assert (made[0].duration_seconds or 0) <= config.MAX_SOURCE_SECONDS
        assert len(list(film.parent.iterdir())) < config.MAX_SOURCE_SECONDS / 5 + 20


@pytest.mark.parametrize("part", [16, pytest.param(1, marks=pytest.mark.soak)])
def test_a_sound_with_a_gap_of_hours(ffmpeg: Ffmpeg, seen: Seen, monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    """Half a second, silence that is not there, and half a second; by default a part of the gap, and of the limit."""
    monkeypatch.setattr(config, "MAX_BUFFER_BYTES", config.MAX_BUFFER_BYTES // part)
    silent = ("-f", "lavfi", "-i", f"sine=duration=1,asetpts='if(lt(T,0.5),PTS,PTS+{5000 // part}/TB)'")
    error = refused(ffmpeg("gap.mkv", *silent, "-c:a", "pcm_s16le"), {"kind": "audio"})
    assert isinstance(error, UnsupportedMedia)
    assert "silent" in error.message
    # ffmpeg copies the buffer that it fills with silence when it makes it larger.
    assert seen.peak_bytes < 2 * config.MAX_BUFFER_BYTES + FFMPEG_BYTES
    assert seen.peak_bytes < config.MEDIA_MEMORY_BYTES * 2 // 3
    seen.peak_bytes = 0  # more than any other takes: the buffer that it fills with silence


@pytest.mark.parametrize("name", ["many.mov", "many.ts"])
def test_1000_streams(ffmpeg: Ffmpeg, name: str) -> None:
    picture = ffmpeg("one.mp4", *PICTURE, "-frames:v", "1", *H264)
    streams = ("-map", "0:v") * 1000
    error = refused(ffmpeg(name, "-loglevel", "quiet", "-i", str(picture), *streams, "-c", "copy"))
    assert isinstance(error, InputTooLarge)
    assert "streams" in error.message


def test_a_gif_of_empty_blocks(tmp_path: Path) -> None:
    head = b"GIF89a" + struct.pack("<HH", 64, 64) + b"\0\0\0"
    error = refused(written(tmp_path, head + b"\x21\x01\x00" * 2_100_000, "empty.gif"), {"kind": "mp4"})
    assert isinstance(error, InputTooLarge)
