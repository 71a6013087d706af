"""A preview moves for as long as it should."""

from pathlib import Path

import av
import pytest

from conftest import Ffmpeg
from unit.video.films import film, outputs_of


@pytest.mark.slow
@pytest.mark.parametrize(("seconds", "frames"), [(1, 10), (10, 30)])
def test_a_preview_moves_for_as_long_as_it_should(ffmpeg: Ffmpeg, tmp_path: Path, seconds: float, frames: int) -> None:
    wanted = [{"kind": "preview", "format": name, "seconds": seconds} for name in ("webp", "gif")]
    webp, gif = outputs_of(film(ffmpeg), *wanted)
    assert (webp.width, webp.height, webp.duration_seconds) == (320, 180, seconds if seconds < 3 else 3)
    assert (tmp_path / webp.file.name).read_bytes().count(b"ANMF") == frames
    with av.open(str(tmp_path / gif.file.name)) as container:
        assert sum(1 for _ in container.decode(video=0)) == frames
