"""Files that mean harm: each becomes the right outputs, or fails with a sentence that tells what to do.

Whatever comes, the worker lives on, no child opens a file outside the folder or calls anyone, and none takes more
memory than it may.
"""

import io
import random
import shutil
import struct
import subprocess
import sys
import traceback
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

import pytest

from conftest import Ffmpeg
from stoker import config
from stoker.errors import (
    InputForbidden,
    InputTooLarge,
    PermanentError,
    TruncatedMedia,
    UnsupportedMedia,
)
from stoker.jobs.run import JobRun
from stoker.media.ffmpeg import FfmpegFailed, ffmpeg_path, input_options, run_ffmpeg
from stoker.media.outputs.finish import MadeOutput
from stoker.media.probe import Prober
from stoker.media.sources import fetch, opened
from stoker.media.video import make_outputs
from stoker.models.video import VideoInput
from unit.media.guard import Seen, guard
from unit.media.test_video import Run, outputs_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Stoker is deployed on Linux")

PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25:duration=1")
SOUND = ("-f", "lavfi", "-i", "sine=frequency=440:duration=1")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
ALL = tuple({"kind": kind} for kind in ("mp4", "webm", "hls", "poster", "sprite", "preview", "audio", "waveform"))

PEAK_BYTES = 5 * config.GIB // 4
"""Less than half of what a child may have; a picture of 16,000 x 16,000 in four colours is 1 GB by itself."""

TOLD = ("Upload", "Cut it", "Ask for", "Name a file", "are allowed", "begins at")
"""What a sentence says that tells what to do."""


@pytest.fixture(scope="module")
def outside(made_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film that is nobody's business: it would play, if it were opened."""
    return Path(shutil.copy(made_clip, tmp_path_factory.mktemp("outside") / "secret.mp4"))


MADE: dict[tuple[str, ...], bytes] = {}


@pytest.fixture
def ffmpeg(ffmpeg: Ffmpeg, tmp_path: Path) -> Ffmpeg:
    """As it is elsewhere, but what was made once is not made again."""

    def make(name: str, *arguments: str) -> Path:
        if (name, *arguments) in MADE:
            return written(tmp_path, MADE[name, *arguments], name)
        file = ffmpeg(name, *arguments)
        MADE[name, *arguments] = file.read_bytes()
        return file

    return make


@pytest.fixture(autouse=True)
def seen(outside: Path) -> Iterator[Seen]:
    """Watches each test."""
    with guard(outside) as noticed:
        yield noticed
    assert not noticed.opened
    assert not noticed.called
    assert noticed.peak_bytes < PEAK_BYTES
    assert noticed.children == []


def refused(source: Path, *outputs: Mapping[str, object], **also: object) -> PermanentError:
    """Why a film is not taken."""
    with pytest.raises(PermanentError) as error:
        outputs_of(source, *outputs, **also)
    assert any(words in error.value.message for words in TOLD)
    assert str(source.parent) not in error.value.message
    return error.value


def small(ffmpeg: Ffmpeg, name: str = "small.mp4", *options: str) -> Path:
    """A second of film that nothing is wrong with."""
    return ffmpeg(name, *PICTURE, *SOUND, *H264, "-c:a", "aac", "-shortest", *options)


def written(folder: Path, content: bytes, name: str = "film.mp4") -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def outcome(source: Path, *outputs: Mapping[str, object], **also: object) -> list[MadeOutput] | PermanentError:
    """What came out, or why nothing did."""
    try:
        return outputs_of(source, *outputs, **also)
    except PermanentError as error:
        found = error
    assert any(words in found.message for words in TOLD)
    return found


def run_in(folder: Path) -> JobRun:
    return cast(JobRun, Run(folder))


def pieces(parts: list[MadeOutput]) -> list[str]:
    return [part.kind for part in parts]


# --- Files that name other files --------------------------------------------------------------------

HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n{}\n#EXT-X-ENDLIST\n"
CONCAT = "ffconcat version 1.0\nfile {}\n"
DASH = """<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT3S"><Period><AdaptationSet>
<Representation id="1" mimeType="video/mp4"><BaseURL>{}</BaseURL></Representation></AdaptationSet></Period></MPD>"""
SVG = """<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY secret SYSTEM "{0}">]>
<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><image href="{0}"/><text>&secret;</text></svg>"""
SDP = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=control:{}\n"
TARGETS = ("{file}", "file://{file}", "/etc/passwd", "{address}/film.mp4", "concat:{file}")


@pytest.mark.parametrize("form", [HLS, CONCAT, DASH, SVG, SDP], ids=["hls", "ffconcat", "dash", "svg", "sdp"])
def test_a_file_that_names_others_opens_none(seen: Seen, outside: Path, tmp_path: Path, form: str) -> None:
    video_input = VideoInput.from_firestore({"source": "user-uploads/ada/film.mp4"})
    with Prober() as prober:
        for target in TARGETS:
            (tmp_path / "source").write_text(form.format(target.format(file=outside, address=seen.address)))
            with pytest.raises(UnsupportedMedia, match="Upload"):
                opened(video_input, tmp_path, prober)
            # The probe did not take it; neither would ffmpeg, if it had.
            with pytest.raises(FfmpegFailed):
                run_ffmpeg([*input_options(), "-i", "source", "-f", "null", "-"], tmp_path, lambda seconds: None)


@pytest.mark.parametrize("form", [HLS, CONCAT, SVG], ids=["hls", "ffconcat", "svg"])
def test_neither_does_a_watermark(seen: Seen, outside: Path, ffmpeg: Ffmpeg, tmp_path: Path, form: str) -> None:
    for target in (str(outside), f"{seen.address}/mark.png"):
        (tmp_path / "watermark").write_text(form.format(target))
        assert isinstance(refused(small(ffmpeg), watermark={"source": "public/mark.png"}), UnsupportedMedia)


def test_what_is_watched_is_seen(clip: Path, tmp_path: Path) -> None:
    """ffmpeg as it is by itself opens both."""
    with guard(clip) as noticed:
        for target in (str(clip), f"{noticed.address}/film.mp4"):
            (tmp_path / "list.m3u8").write_text(HLS.format(target))
            unsafe = ["-protocol_whitelist", "file,http,tcp", "-allowed_extensions", "ALL", "-i", "list.m3u8"]
            command = [ffmpeg_path(), "-nostdin", "-rw_timeout", "1000000", *unsafe, "-f", "null", "-"]
            subprocess.run(command, cwd=tmp_path, stderr=subprocess.DEVNULL, timeout=20, check=False)
    assert noticed.opened
    assert noticed.called


def box(kind: bytes, *content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + sum(map(len, content)), kind) + b"".join(content)


def alias(path: bytes) -> bytes:
    """An entry of a `dref` box that names another file, as QuickTime's aliases do: what ffmpeg reads of one."""
    name = path.rpartition(b"/")[2]
    folders = struct.pack(">hh", 0, 0) + struct.pack(">16x")
    absolute = struct.pack(">hh", 2, len(path)) + path + b"\0" * (len(path) % 2)
    head = bytes(10) + b"\3vol" + bytes(24) + bytes(12) + bytes([len(name)]) + name.ljust(63, b"\0") + bytes(16)
    return box(b"alis", bytes(4), head, folders, absolute, struct.pack(">hh", -1, 0), bytes(64))


def with_references(content: bytes, entry: bytes) -> bytes:
    """A movie whose `moov` is its last box; the samples of its tracks lie where the entry says."""
    inside = {b"moov", b"trak", b"mdia", b"minf", b"dinf"}

    def rewritten(boxes: bytes) -> bytes:
        made, at = b"", 0
        while at < len(boxes):
            size, kind = struct.unpack(">I4s", boxes[at : at + 8])
            body = boxes[at + 8 : at + size]
            if kind == b"dref":
                body = struct.pack(">II", 0, 1) + entry
            made += box(kind, rewritten(body) if kind in inside else body)
            at += size
        return made

    return rewritten(content)


def test_a_movie_does_not_open_the_files_that_its_tracks_refer_to(ffmpeg: Ffmpeg, clip: Path) -> None:
    movie = small(ffmpeg, "film.mov")
    movie.write_bytes(with_references(movie.read_bytes(), alias(bytes(clip))))
    with guard(clip) as noticed:
        refused(movie)
    assert not noticed.opened
    with guard(clip) as noticed:
        told = ["-enable_drefs", "1", "-use_absolute_path", "1", "-i", str(movie)]
        subprocess.run([ffmpeg_path(), "-loglevel", "quiet", *told], check=False)
    assert noticed.opened  # where ffmpeg is told to, it does


# --- Bombs ------------------------------------------------------------------------------------------


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


def test_a_picture_that_claims_to_be_larger_than_any(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
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
    """It tells of three seconds; in their midst, the clock jumps ahead by a day."""
    jump = "setpts='if(lt(N,10),PTS,PTS+100000/TB)'"
    film = ffmpeg("lie.mkv", *PICTURE, "-vf", jump, "-fps_mode", "passthrough", *H264, "-fflags", "+bitexact")
    content = film.read_bytes()
    at = content.index(b"\x44\x89\x88") + 3  # Duration, of eight bytes, in milliseconds
    film.write_bytes(content[:at] + struct.pack(">d", 3000) + content[at + 8 :])
    made = outcome(film, {"kind": kind})
    if not isinstance(made, PermanentError):
        assert (made[0].duration_seconds or 0) <= config.MAX_SOURCE_SECONDS
        assert len(list(film.parent.iterdir())) < config.MAX_SOURCE_SECONDS / 5 + 20


def test_a_sound_with_a_gap_of_hours(ffmpeg: Ffmpeg, seen: Seen) -> None:
    """Half a second, silence that is not there, and half a second."""
    silent = ("-f", "lavfi", "-i", "sine=duration=1,asetpts='if(lt(T,0.5),PTS,PTS+5000/TB)'")
    error = refused(ffmpeg("gap.mkv", *silent, "-c:a", "pcm_s16le"), {"kind": "audio"})
    assert isinstance(error, UnsupportedMedia)
    assert "silent" in error.message
    assert seen.peak_bytes < config.MEDIA_MEMORY_BYTES * 2 // 3
    seen.peak_bytes = 0  # more than any other takes: the buffer that it fills with silence


@pytest.mark.parametrize("name", ["many.mov", "many.ts"])
def test_1000_streams(ffmpeg: Ffmpeg, name: str) -> None:
    picture = ffmpeg("one.mp4", *PICTURE, "-frames:v", "1", *H264)
    streams = ("-map", "0:v") * 1000
    error = refused(ffmpeg(name, "-loglevel", "quiet", "-i", str(picture), *streams, "-c", "copy"))
    assert isinstance(error, InputTooLarge)
    assert "streams" in error.message


# --- Broken files -----------------------------------------------------------------------------------


@pytest.mark.parametrize("tenth", range(1, 10))
@pytest.mark.parametrize(
    "name", ["front.mp4", "end.mp4", "film.mkv"], ids=["index at the front", "index at the end", "matroska"]
)
def test_a_film_that_is_cut_off(ffmpeg: Ffmpeg, name: str, tenth: int) -> None:
    options = ("-movflags", "+faststart") if name == "front.mp4" else ()
    inputs = ("-f", "lavfi", "-i", "testsrc2=size=64x64:rate=10:duration=8", "-f", "lavfi", "-i", "sine=duration=8")
    film = ffmpeg(name, *inputs, *H264, "-c:a", "aac", *options)
    content = film.read_bytes()
    film.write_bytes(content[: len(content) * tenth // 10])
    assert isinstance(
        refused(film, {"kind": "mp4", "height": 32}, {"kind": "poster"}), TruncatedMedia | UnsupportedMedia
    )


FLIPS = 200
ROUND = 25


@pytest.mark.parametrize("first", range(0, FLIPS, ROUND))
@pytest.mark.parametrize("seed", [2026])
def test_a_film_with_flipped_bits(ffmpeg: Ffmpeg, tmp_path: Path, first: int, seed: int) -> None:
    """Two to sixteen of them, anywhere, the header included: in MP4 and Matroska by turns."""
    wanted = [{"kind": "mp4", "height": 32}, {"kind": "poster", "width": 32}]
    video_input = VideoInput.from_firestore({"source": "user-uploads/ada/film", "outputs": wanted})
    whole = [small(ffmpeg, "a.mp4", "-movflags", "+faststart").read_bytes(), small(ffmpeg, "a.mkv").read_bytes()]
    prober = Prober()
    failures: dict[int, str] = {}
    for number in range(first, first + ROUND):
        chance = random.Random(seed + number)
        content = bytearray(whole[number % 2])
        for _ in range(chance.choice((2, 4, 16))):
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "source").write_bytes(content)
        try:
            film = opened(video_input, folder, prober)
            made = make_outputs(run_in(folder), prober, film, video_input.source, video_input.outputs)
            assert pieces(made) == ["mp4", "poster"]
        except (UnsupportedMedia, TruncatedMedia, InputTooLarge):
            pass
        except Exception as error:
            failures[number] = "".join(traceback.format_exception(error))
        if prober._child.poll() is not None:  # the file has crashed it; each job has one of its own
            prober.__exit__(None, None, None)
            prober = Prober()
        shutil.rmtree(folder)
    prober.__exit__(None, None, None)
    assert failures == {}


# --- Films that carry something -----------------------------------------------------------------------

SCRIPT = "<script>fetch('http://127.0.0.1')</script>$(touch owned);`touch owned`|'\"\n{{7*7}}%n%n"


def laden(ffmpeg: Ffmpeg, tmp_path: Path) -> Path:
    """A film with a font, a page and a program for attachments, and scripts for its metadata."""
    for name in ("font.ttf", "page.html", "run.sh"):
        (tmp_path / name).write_text(SCRIPT)
    kinds = ("application/x-truetype-font", "text/html", "application/x-sh")
    attached = [
        part
        for number, (name, kind) in enumerate(zip(("font.ttf", "page.html", "run.sh"), kinds, strict=True))
        for part in ("-attach", str(tmp_path / name), f"-metadata:s:t:{number}", f"mimetype={kind}")
    ]
    told = [part for key in ("title", "comment", "artist", "filename") for part in ("-metadata", f"{key}={SCRIPT}")]
    streams = ("-metadata:s:v", f"title={SCRIPT}", "-metadata:s:a", f"language={SCRIPT}")
    return small(ffmpeg, "laden.mkv", *attached, *told, *streams)


def test_what_a_film_carries_is_left_behind(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    film = laden(ffmpeg, tmp_path)
    made = outputs_of(film, *ALL)
    assert pieces(made) == [output["kind"] for output in ALL]
    for output in made:
        for file in (output.file, *output.parts):
            assert b"script" not in (tmp_path / file.name).read_bytes()
    assert not list(tmp_path.rglob("owned"))


def test_a_film_with_fonts_gets_captions_in_ours(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    (tmp_path / "captions").write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nHello.\n")
    [poster, _] = outputs_of(
        laden(ffmpeg, tmp_path), {"kind": "poster"}, captions={"source": "public/c.vtt", "burnIn": True}
    )
    assert poster.width == 64
    assert [font.name for font in (tmp_path / "fonts").iterdir()] == ["SourceSansPro-Semibold.ttf"]


@pytest.mark.parametrize("name", ["a\nb", "a\rb", "a\0b", "../bob/film", "a/../../bob/film", "\u202egpj.exe"])
def test_a_name_that_is_more_than_a_name(name: str, tmp_path: Path) -> None:
    video_input = VideoInput.from_firestore({"source": f"user-uploads/ada/{name}"})
    with pytest.raises(InputForbidden, match="Name a file under"):
        fetch(video_input, "ada", tmp_path, lambda share: None)


@pytest.mark.parametrize("name", ["Ünïcödé 映画 🎬", "-i x", "a'b\"c\\d", "$(touch owned)", "%n%s", "a:b;c|d"])
def test_a_name_never_reaches_a_command(name: str, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    named = f"user-uploads/ada/{name}"
    video_input = VideoInput.from_firestore({"source": named})
    small(ffmpeg).rename(tmp_path / "source")
    with Prober() as prober:
        film = opened(video_input, tmp_path, prober)
        assert pieces(make_outputs(run_in(tmp_path), prober, film, named, video_input.outputs)) == ["mp4", "poster"]
        (tmp_path / "source").write_bytes(b"no film")
        with pytest.raises(UnsupportedMedia) as error:
            opened(video_input, tmp_path, prober)
    assert repr(named) in error.value.message
    assert not list(tmp_path.rglob("owned"))


# --- Captions -----------------------------------------------------------------------------------------

CUE = "00:00.000 --> 00:01.000\n{}\n\n"


@pytest.mark.parametrize(
    "cues",
    [
        CUE.format("x" * 1_000_000),
        CUE.format("&" * 1_900_000),
        "-->" * 600_000,
        CUE.format("x") * 10_001,
        "٠٠:٠٠.٠٠٠ --> 00:01.000\nx\n",
        "00:00.000 --> 00:61.000\nx\n",
    ],
    ids=["a megabyte", "ampersands", "arrows", "too many", "other digits", "no time"],
)
def test_captions_beyond_bounds_are_refused(ffmpeg: Ffmpeg, tmp_path: Path, cues: str) -> None:
    (tmp_path / "captions").write_text(f"WEBVTT\n\n{cues}")
    assert isinstance(refused(small(ffmpeg), captions={"source": "public/c.vtt"}), UnsupportedMedia)


@pytest.mark.parametrize(
    "cues",
    [
        CUE.format("<script>alert(1)</script>&lt;img src=x onerror=alert(1)&gt; --&gt; &#x3c;b>"),
        CUE.format("{\\an8\\fs9999\\p1}m 0 0 l 99 99{\\fnArial}\\N\\h{\\t(0,1,\\fscx99999)}"),
        CUE.format(f"&#{'9' * 5000}; &#x{'f' * 5000}; &#0; &#xd800;"),
        CUE.format("<" * 1_900_000),
        " \n" * 600_000,
        "".join(CUE.format("word " * 190) for _ in range(1900)),
        "00:00.900 --> 00:00.100\nx\n\n00:00.000 --> 9999:00:00.000\ny\n",
        CUE.format("a" + "\u0301" * 990 + "\u202e\ufdfa\u200d"),
    ],
    ids=["scripts", "overrides", "numbers", "brackets", "blank lines", "all at once", "backwards", "marks"],
)
def test_hostile_captions_become_plain_ones(ffmpeg: Ffmpeg, tmp_path: Path, cues: str) -> None:
    (tmp_path / "captions").write_text(f"WEBVTT\n\n{cues}", encoding="utf-8")
    captions = {"source": "public/c.vtt", "burnIn": True}
    mp4, track = outputs_of(small(ffmpeg), {"kind": "mp4"}, captions=captions)
    assert mp4.duration_seconds == pytest.approx(1, abs=0.1)
    text = (tmp_path / track.file.name).read_text(encoding="utf-8")
    assert "<" not in text
    assert text.count("-->") <= 2000
    style = (tmp_path / "captions.ass").read_text(encoding="utf-8").partition("[Events]")[2]
    assert not {"{", "}"} & set(style)
    assert set(style.split("\\")[1:]) == set() or all(part.startswith("N") for part in style.split("\\")[1:])
