"""A part of a film in which one of its tracks has nothing."""

from pathlib import Path

import pytest

from stoker.errors import InvalidJob
from stoker.probe.probe import AudioStream, MediaInfo, Prober, VideoStream
from stoker.video.source.part import tracks_in_part
from unit.video.films import outputs_of
from unit.video.numbered import film

PICTURE = VideoStream(0, "h264", 320, 180, True, 25, 10, start_seconds=5)
SOUND = AudioStream(1, "aac", 2, 10, start_seconds=5)
INFO = MediaInfo(15, 2, PICTURE, SOUND)
OF_SOUND = {"audio", "waveform"}


@pytest.mark.parametrize(
    ("part", "kinds", "holds", "codes"),
    [
        ((0, None), {"mp4"}, (True, True), []),
        ((6, 8), {"mp4"}, (True, True), []),
        ((4, 6), {"mp4", "audio"}, (True, True), []),
        ((15, 16), {"mp4"}, (True, False), ["no-sound-in-part"]),  # the last frame stays
    ],
)
def test_a_track_without_a_part_is_left_out(
    part: tuple[float, float | None], kinds: set[str], holds: tuple[bool, bool], codes: list[str]
) -> None:
    info, warnings = tracks_in_part(INFO, *part, kinds, OF_SOUND, "film")
    assert (info.video is not None, info.audio is not None) == holds
    assert [warning.code for warning in warnings] == codes


@pytest.mark.parametrize(
    ("part", "kinds", "message"),
    [
        ((0, 5), {"mp4"}, "picture of 'film' begins at 5 s, so the part from 0 s to 5 s has none"),
        ((0, 5), {"audio"}, "sound of 'film' begins at 5 s"),
        ((15, None), {"mp4", "waveform"}, "sound of 'film' ends at 15 s, so the part from 15 s on has none"),
    ],
)
def test_an_output_that_needs_it_is_refused(part: tuple[float, float | None], kinds: set[str], message: str) -> None:
    with pytest.raises(InvalidJob, match=message):
        tracks_in_part(INFO, *part, kinds, OF_SOUND, "film")


@pytest.mark.parametrize("kind", ["mp4", "hls"])
def test_a_film_whose_sound_begins_later_than_the_part_is_silent(kind: str, tmp_path: Path) -> None:
    source = film(tmp_path / "late.mp4", [number / 10 for number in range(100)], sound=(6, 10))
    [made] = outputs_of(source, {"kind": kind}, trim={"start": 1, "end": 4})
    assert made.duration_seconds == pytest.approx(3, abs=0.1)
    if kind == "mp4":
        with Prober() as prober:
            assert prober.probe(tmp_path / made.file.name).audio is None
