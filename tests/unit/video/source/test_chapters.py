"""Chapters of a source are kept in MP4, follow the trim, and bring nothing else along."""

import io
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import av
import imageio_ffmpeg
import pytest

from conftest import Ffmpeg
from stoker.probe.probe import Chapter
from stoker.storage.outputs import AttemptOutputs
from stoker.video.encode import streaming_upload
from stoker.video.encode.streaming_upload import StreamingUpload
from stoker.video.source.chapters import MAX_CHAPTERS, chapters_in_part, put_chapters
from unit.video.films import frame_numbers, numbered, outputs_of
from unit.video.hls.languages import H264, pictures, sounds

THREE = [(0.0, "One"), (2.0, "Two = ;# <&"), (4.5, "Three")]


def chaptered(ffmpeg: Ffmpeg, name: str, chapters: list[tuple[float, str]], film: Path | None = None) -> Path:
    """A film of six seconds with chapters, in a container of its name."""
    film = film or ffmpeg("plain.mp4", *pictures("64x36", "10", 6), *sounds("eng", seconds=6), *H264)
    ends = [*(start for start, _ in chapters[1:]), 6.0]
    lines = [";FFMETADATA1", "title=secret"]
    for (start, title), end in zip(chapters, ends, strict=True):
        escaped = "".join(f"\\{letter}" if letter in "=;#\\\n" else letter for letter in title)
        times = (f"START={round(start * 1000)}", f"END={round(end * 1000)}")
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", *times, f"title={escaped}"]
    listed = film.with_name("chapters.txt")
    listed.write_text("\n".join(lines) + "\n", encoding="utf-8")
    maps = ("-map", "0", "-map_chapters", "1", "-map_metadata", "1", "-c", "copy")
    return ffmpeg(name, "-i", str(film), "-f", "ffmetadata", "-i", str(listed), *maps)


def chapters(file: Path) -> list[tuple[float, str]]:
    with av.open(str(file)) as container:
        listed = container.chapters()
    return [(float(one["start"] * (one["time_base"] or 0)), one["metadata"].get("title", "")) for one in listed]


@pytest.mark.parametrize(
    "name", ["film.mkv", *(pytest.param(name, marks=pytest.mark.soak) for name in ("film.mp4", "film.mov"))]
)
@pytest.mark.parametrize(
    ("trim", "kept"),
    [
        (None, THREE),
        ({"start": 1}, [(0, "One"), (1, "Two = ;# <&"), (3.5, "Three")]),
        ({"start": 2, "end": 4}, [(0, "Two = ;# <&")]),
        ({"start": 3.5, "end": 5}, [(0, "Two = ;# <&"), (1, "Three")]),
    ],
)
def test_chapters_are_kept(
    ffmpeg: Ffmpeg, tmp_path: Path, name: str, trim: object, kept: list[tuple[float, str]]
) -> None:
    wanted: list[Mapping[str, object]] = [
        {"kind": "mp4"},
        {"kind": "av1", "height": 32},
        {"kind": "audio", "format": "m4a"},
    ]
    also: Mapping[str, object] = {} if trim is None else {"trim": trim}
    for output in outputs_of(chaptered(ffmpeg, name, THREE), *wanted, **also):
        file = tmp_path / output.file.name
        found = chapters(file)
        assert [title for _, title in found] == [title for _, title in kept]
        assert [start for start, _ in found] == pytest.approx([start for start, _ in kept], abs=0.001)
        assert b"secret" not in file.read_bytes()


def test_a_film_with_chapters_still_plays_before_it_is_loaded(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    plain = numbered(ffmpeg, "numbered.mp4", 4, 25)
    source = chaptered(ffmpeg, "film.mkv", [(0, "x" * 250)] * 2, plain)
    outputs_of(source, {"kind": "mp4", "quality": "high"})
    content = (tmp_path / "video-36p.mp4").read_bytes()
    assert 0 < content.find(b"moov") < content.find(b"chpl") < content.find(b"mdat")
    assert frame_numbers(tmp_path / "video-36p.mp4") == list(range(100))
    [with_chapters, without] = [
        ffmpeg(f"{number}.raw", "-i", str(file), "-map", "0:a", "-c", "copy", "-f", "adts").read_bytes()
        for number, file in enumerate((tmp_path / "video-36p.mp4", outputs_without(source, plain)))
    ]
    assert with_chapters == without


def outputs_without(source: Path, plain: Path) -> Path:
    """The same film, made of a source without chapters."""
    folder = source.parent / "without"
    folder.mkdir()
    copy = folder / plain.name
    copy.write_bytes(plain.read_bytes())
    [mp4] = outputs_of(copy, {"kind": "mp4", "quality": "high"})
    return folder / mp4.file.name


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("one\ntwo\0", "one two"),
        ("\u202eevil\u200b", "evil"),
        ("<b>A & B</b>", "<b>A & B</b>"),
        ("ж" * 400, "ж" * 127),
        ("", ""),
    ],
)
def test_titles_become_plain_text_that_fits(ffmpeg: Ffmpeg, title: str, plain: str) -> None:
    [chapter] = chapters_in_part([Chapter(0, title)], 0, None)
    assert chapter.title == plain
    file = ffmpeg("film.mp4", *pictures("64x36", "10", 1), *H264)
    put_chapters(file, [chapter])
    assert chapters(file) == [(0, plain)]


def test_more_chapters_than_fit_are_left_out(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    many = [(number / 100, f"{number}") for number in range(500)]
    outputs_of(chaptered(ffmpeg, "film.mkv", many), {"kind": "mp4", "height": 32})
    assert chapters(tmp_path / "video-32p.mp4") == many[:MAX_CHAPTERS]


@pytest.mark.parametrize("faststart", [True, False])
def test_the_box_goes_into_any_index(ffmpeg: Ffmpeg, faststart: bool) -> None:
    flags = ("-movflags", "+faststart") if faststart else ()
    file = ffmpeg("film.mp4", *pictures("320x180", "25", 3), *sounds("eng", seconds=3), *H264, *flags)
    before = decoded(file)
    put_chapters(file, [Chapter(number / 100, "long " * 50) for number in range(MAX_CHAPTERS)])
    assert decoded(file) == before
    assert len(chapters(file)) == MAX_CHAPTERS


def decoded(file: Path) -> bytes:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-i", str(file), "-f", "framemd5", "-"]
    return subprocess.run(command, check=True, capture_output=True).stdout


class Objects:
    """Objects in memory, in place of `AttemptOutputs`."""

    @contextmanager
    def rest(self, name: str) -> Iterator[io.BytesIO]:
        yield io.BytesIO()

    def join(self, name: str, content_type: str, first: bytes, rest: io.BytesIO, *_: Any) -> tuple[bytes, str]:
        return first + rest.getvalue(), ""


@pytest.mark.parametrize(
    "first_bytes", [1000, 20_000, 10_000_000], ids=["streamed", "streamed in part", "too small to stream"]
)
def test_a_streamed_film_gets_its_chapters(ffmpeg: Ffmpeg, monkeypatch: pytest.MonkeyPatch, first_bytes: int) -> None:
    monkeypatch.setattr(streaming_upload, "FIRST_BYTES", first_bytes)
    monkeypatch.setattr(streaming_upload, "SENT_BYTES", 5000)
    monkeypatch.setattr(streaming_upload, "LAST_BYTES", 100)
    plain = ffmpeg("plain.mp4", *pictures("320x180", "25", 3), *sounds("eng", seconds=3), *H264)
    content = plain.read_bytes()
    file = plain.with_name("film.mp4")
    streaming = StreamingUpload(plain.parent, cast(AttemptOutputs, Objects()))
    with streaming.following([file.name], lambda: None):
        file.write_bytes(content)
    put_chapters(file, [Chapter(0, "One"), Chapter(1.5, "Two")])
    if file.name in streaming:
        joined, _ = streaming.complete(file.name, "video/mp4", lambda: None)
        assert isinstance(joined, bytes)
        file.write_bytes(joined)
    assert (first_bytes == 10_000_000) == (file.name not in streaming)
    assert file.read_bytes().find(b"moov") < file.read_bytes().find(b"mdat")
    assert chapters(file) == [(0, "One"), (1.5, "Two")]
    assert decoded(file) == decoded(plain)
