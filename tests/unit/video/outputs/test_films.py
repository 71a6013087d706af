"""Films in newer codecs."""

import pytest

from conftest import Ffmpeg
from unit.video.films import Source, film, made, without_sound


@pytest.mark.slow
@pytest.mark.parametrize("source", [film, without_sound])
@pytest.mark.parametrize(("kind", "codecs"), [("webm", ("vp9", "opus")), ("av1", ("libdav1d", "aac"))])
def test_a_film_in_newer_codecs(ffmpeg: Ffmpeg, source: Source, kind: str, codecs: tuple[str, str]) -> None:
    path = source(ffmpeg)
    [info] = made(path, {"kind": kind, "height": 90})
    assert info.video is not None
    assert (info.video.codec, info.video.width, info.video.height) == (codecs[0], 160, 90)
    assert info.duration_seconds == pytest.approx(3, abs=0.1)
    assert (info.audio and info.audio.codec) == (codecs[1] if source is film else None)
