"""Films that are cut off or have flipped bits: each is refused with a reason, or comes out."""

import random
import shutil
import traceback
from pathlib import Path

import pytest

from conftest import Ffmpeg
from stoker.errors import InputTooLarge, TruncatedMedia, UnsupportedMedia
from stoker.models.video import VideoInput
from stoker.probe.probe import Prober
from stoker.video.source.fetching import open_film
from stoker.video.worker import make_outputs
from unit.hostile.files import H264, LINUX, pieces, refused, run_in, small

pytestmark = LINUX


@pytest.mark.parametrize("tenth", range(1, 10))
@pytest.mark.parametrize(
    "name", ["front.mp4", "end.mp4", "film.mkv"], ids=["index at the front", "index at the end", "matroska"]
)
@pytest.mark.slow
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
ROUNDS = [0, ROUND, *(pytest.param(first, marks=pytest.mark.soak) for first in range(2 * ROUND, FLIPS, ROUND))]


@pytest.mark.slow
@pytest.mark.parametrize(
    "first", [0, 25, *(pytest.param(one, marks=pytest.mark.soak) for one in range(50, FLIPS, ROUND))]
)
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
            film = open_film(video_input, folder, prober)
            made = make_outputs(run_in(folder), prober, film, video_input.source, video_input.outputs)
            assert pieces(made) == ["mp4", "poster"]
        except (UnsupportedMedia, TruncatedMedia, InputTooLarge):
            pass
        except Exception as error:
            failures[number] = "".join(traceback.format_exception(error))
        if prober.child.poll() is not None:  # the file has crashed it; each job has one of its own
            prober.__exit__(None, None, None)
            prober = Prober()
        shutil.rmtree(folder)
    prober.__exit__(None, None, None)
    assert failures == {}
