"""Films with attachments, scripts and odd names: all of that is left behind."""

from pathlib import Path

import pytest

from conftest import Ffmpeg
from stoker.errors import InputForbidden, UnsupportedMedia
from stoker.models.video import VideoInput
from stoker.probe.probe import Prober
from stoker.video.source.fetching import fetch, open_film
from stoker.video.worker import make_outputs
from unit.hostile.files import ALL, LINUX, pieces, run_in, small
from unit.video.films import outputs_of

pytestmark = LINUX

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
    tags = [part for key in ("title", "comment", "artist", "filename") for part in ("-metadata", f"{key}={SCRIPT}")]
    streams = ("-metadata:s:v", f"title={SCRIPT}", "-metadata:s:a", f"language={SCRIPT}")
    return small(ffmpeg, "laden.mkv", *attached, *tags, *streams)


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
        film = open_film(video_input, tmp_path, prober)
        assert pieces(make_outputs(run_in(tmp_path), prober, film, named, video_input.outputs)) == ["mp4", "poster"]
        (tmp_path / "source").write_bytes(b"no film")
        with pytest.raises(UnsupportedMedia) as error:
            open_film(video_input, tmp_path, prober)
    assert repr(named) in error.value.message
    assert not list(tmp_path.rglob("owned"))
