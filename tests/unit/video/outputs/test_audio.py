"""The sound of a film alone, in every format."""

from pathlib import Path

import pytest

from conftest import Ffmpeg
from unit.video.films import Source, film, made, outputs_of, sound_alone


@pytest.mark.slow
@pytest.mark.parametrize("source", [film, sound_alone])
def test_the_sound_comes_out_in_every_format(ffmpeg: Ffmpeg, source: Source) -> None:
    formats = {"mp3": ("mp3float", "mp3"), "ogg": ("opus",), "m4a": ("aac",), "wav": ("pcm_s16le",)}
    files = made(source(ffmpeg), *({"kind": "audio", "format": name} for name in formats))
    for info, codecs in zip(files, formats.values(), strict=True):
        assert info.video is None
        assert info.audio is not None
        assert info.audio.codec in codecs
        assert info.audio.channels == 2
        assert info.duration_seconds == pytest.approx(3, abs=0.1)


def test_a_film_and_its_sound_share_an_encode(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    outputs_of(film(ffmpeg), {"kind": "mp4"}, {"kind": "audio", "format": "m4a"})
    sounds = [
        ffmpeg(f"{number}.aac", "-i", str(tmp_path / name), "-map", "0:a", "-c", "copy")
        for number, name in enumerate(("video-180p.mp4", "audio.m4a"))
    ]
    assert sounds[0].read_bytes() == sounds[1].read_bytes()
