"""Files that name other files. The named files are not opened."""

import struct
import subprocess
from pathlib import Path

import pytest

from conftest import Ffmpeg
from stoker.errors import UnsupportedMedia
from stoker.models.video import VideoInput
from stoker.probe.probe import Prober
from stoker.sandbox.ffmpeg import FfmpegFailed, ffmpeg_path, input_options, run_ffmpeg
from stoker.video.source.fetching import open_film
from unit.hostile.files import CONCAT, HLS, LINUX, refused, small
from unit.sandbox.guard import Seen, guard

pytestmark = LINUX
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
                open_film(video_input, tmp_path, prober)
            # The probe did not take it; neither would ffmpeg, if it had.
            with pytest.raises(FfmpegFailed):
                run_ffmpeg([*input_options(), "-i", "source", "-f", "null", "-"], tmp_path, lambda seconds: None)


@pytest.mark.parametrize("form", [HLS, CONCAT, SVG], ids=["hls", "ffconcat", "svg"])
def test_neither_does_a_watermark(seen: Seen, outside: Path, ffmpeg: Ffmpeg, tmp_path: Path, form: str) -> None:
    for target in (str(outside), f"{seen.address}/mark.png"):
        (tmp_path / "watermark").write_text(form.format(target))
        assert isinstance(refused(small(ffmpeg), watermark={"source": "public/mark.png"}), UnsupportedMedia)


@pytest.mark.slow
def test_what_is_watched_is_seen(clip: Path, tmp_path: Path) -> None:
    """Without our options, ffmpeg opens both."""
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
        options = ["-enable_drefs", "1", "-use_absolute_path", "1", "-i", str(movie)]
        subprocess.run([ffmpeg_path(), "-loglevel", "quiet", *options], check=False)
    assert noticed.opened  # ffmpeg does so, if its options ask for it
