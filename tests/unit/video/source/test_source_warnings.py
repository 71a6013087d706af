"""Warnings name the parts of a source that were left out and its defects, and nothing that is usual."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import Ffmpeg
from stoker.models.video import VideoInput
from stoker.probe.probe import AudioStream, FoundTrack, MediaInfo, Prober, VideoStream
from stoker.video.source.fetching import open_film
from stoker.video.source.source_warnings import source_warnings
from unit.probe.kinds import KINDS

VIDEO = VideoStream(0, "h264", 640, 360, True, 25, 10, moving_frames_per_second=25)
AUDIO = AudioStream(1, "aac", 2, 10, language="eng")
INFO = MediaInfo(10, 2, VIDEO, AUDIO, "mov,mp4", measured=True, declared_seconds=10, reached_seconds=10)


@pytest.mark.parametrize(
    ("info", "language", "expected"),
    [
        (INFO, "", []),
        (replace(INFO, declared_seconds=10.4), "", []),
        (replace(INFO, declared_seconds=None), "", ["duration-measured: does not say how long it plays; .* 10.0 s"]),
        (replace(INFO, declared_seconds=17.9), "", ["duration-measured: seems to play for 17.9 s; .* 10.0 s"]),
        (replace(INFO, declared_seconds=5), "", ["duration-measured: seems to play for 5.0 s"]),
        (replace(INFO, declared_seconds=None, measured=False), "", []),
        (replace(INFO, video=replace(VIDEO, moving_frames_per_second=120)), "", ["frame-rate-capped: 120 frames"]),
        (replace(INFO, video=replace(VIDEO, moving_frames_per_second=60)), "", []),
        (replace(INFO, video=replace(VIDEO, changes=("1280 x 720",))), "", ["picture-changes: 1280 x 720"]),
        (replace(INFO, audio=replace(AUDIO, changes=("44100 Hz with 1 channel",))), "", ["sound-changes: 44100 Hz"]),
        (INFO, "en", []),
        (INFO, "de", ["language-missing: 'de'"]),
        (replace(INFO, tracks=(FoundTrack(2, "audio", "empty"),)), "", ["track-without-packets: sound track"]),
        (replace(INFO, tracks=(FoundTrack(2, "video", "still"),)), "", []),
        (
            replace(INFO, tracks=(*(FoundTrack(number, "audio", "ignored") for number in (2, 3)),)),
            "",
            ["tracks-ignored: 2 other sound tracks"],
        ),
        (
            replace(INFO, tracks=(FoundTrack(2, "audio", "undecodable", "ac4"),)),
            "",
            [r"undecodable-sound: \(ac4\) can't be decoded"],
        ),
    ],
)
def test_the_warnings_of_a_source(info: MediaInfo, language: str, expected: list[str]) -> None:
    warnings = source_warnings(info, "holiday", language)
    assert [warning.code for warning in warnings] == [words.partition(":")[0] for words in expected]
    for warning, words in zip(warnings, expected, strict=True):
        assert "'holiday'" in warning.message
        assert re.search(words.partition(": ")[2], warning.message)


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("mp4", []),
        ("mkv", []),
        ("mp3", []),
        ("flac", []),
        ("ts", []),
        ("live webm", ["duration-measured"]),
        ("mp3 that gets loud", ["duration-measured"]),
        ("joined ts", ["duration-measured"]),
    ],
)
def test_what_a_job_is_warned_of(kind: str, codes: list[str], ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    make: Callable[[Ffmpeg], Path] = KINDS[kind][0]
    make(ffmpeg).rename(tmp_path / "source")
    outputs = [{"kind": "audio"}]
    with Prober() as prober:
        film = open_film(VideoInput.from_firestore({"source": "public/a", "outputs": outputs}), tmp_path, prober)
    assert [warning.code for warning in film.warnings] == codes
