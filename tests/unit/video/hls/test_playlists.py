"""Playlists of odd films: they play, and their sizes match each other and the MP4."""

from pathlib import Path

import av
import pytest

from conftest import Ffmpeg
from unit.video.films import (
    HLS,
    Source,
    film,
    longer_sound,
    one_frame,
    outputs_of,
    turned,
    variable_rate,
    without_sound,
)


def key_frames(media: Path) -> list[float]:
    """When a decoder may begin, in seconds."""
    with av.open(str(media)) as container:
        stream = container.streams.video[0]
        keys = [packet.pts for packet in container.demux(stream) if packet.is_keyframe and packet.pts is not None]
        return [float(pts * (stream.time_base or 0)) for pts in keys]


@pytest.mark.parametrize("source", [film, variable_rate, without_sound, turned, longer_sound, one_frame])
@pytest.mark.slow
def test_a_playlist_plays_and_its_sizes_change_places_at_the_same_times(ffmpeg: Ffmpeg, source: Source) -> None:
    path = source(ffmpeg)
    [hls, mp4] = outputs_of(path, HLS, {"kind": "mp4"})
    # What a player would take as one: all sizes, and the sound.
    with av.open(str(path.with_name(hls.file.name)), format="hls") as container:
        seen = [stream.type for stream in container.streams]
        assert seen.count("video") == 3
        heights = {stream.height for stream in container.streams.video}
    assert hls.height in heights
    assert len(heights) == 3
    sizes = [path.with_name(part.name) for part in hls.parts if part.name.endswith("p.m4s")]
    times = [key_frames(size) for size in sizes]
    assert times[0] == times[1] == times[2]
    assert hls.duration_seconds == pytest.approx(mp4.duration_seconds, abs=0.1)


@pytest.mark.slow
def test_a_playlist_and_a_file_of_one_height_hold_the_same_pictures(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    outputs_of(film(ffmpeg), HLS, {"kind": "mp4", "height": 120})
    pictures = [
        ffmpeg(f"{number}.h264", "-i", str(tmp_path / name), "-map", "0:v", "-c", "copy", "-bsf:v", "h264_mp4toannexb")
        for number, name in enumerate(("video-120p.mp4", "hls-120p.m3u8"))
    ]
    assert pictures[0].read_bytes() == pictures[1].read_bytes()
