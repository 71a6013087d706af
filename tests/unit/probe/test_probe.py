"""The contents of a file are found without trust in it."""

import signal
from pathlib import Path

import pytest

from conftest import Ffmpeg
from stoker.errors import EncoderFailed
from stoker.probe.probe import NotReadable, Prober
from stoker.sandbox.formats import PICTURES


def test_a_clip_is_described(clip: Path) -> None:
    with Prober() as prober:
        info = prober.probe(clip)
    assert info.duration_seconds == pytest.approx(3, abs=0.05)
    assert info.video is not None
    assert (info.video.width, info.video.height, info.video.codec) == (320, 180, "h264")
    assert info.video.frames_per_second == 25
    assert info.audio is not None
    assert (info.audio.codec, info.audio.channels) == ("aac", 1)


def test_a_turned_picture_is_measured_as_it_is_shown(clip: Path, ffmpeg: Ffmpeg) -> None:
    turned = ffmpeg("turned.mp4", "-display_rotation", "90", "-i", str(clip), "-c", "copy")
    with Prober() as prober:
        video = prober.probe(turned).video
    assert video is not None
    assert (video.width, video.height) == (180, 320)


def test_pixels_that_are_not_square_are_measured_as_they_are_shown(clip: Path, ffmpeg: Ffmpeg) -> None:
    wide = ffmpeg("wide.mp4", "-i", str(clip), "-vf", "setsar=4/3", "-c:a", "copy")
    with Prober() as prober:
        video = prober.probe(wide).video
    assert video is not None
    assert (video.width, video.height, video.square_pixels) == (427, 180, False)


@pytest.mark.slow
def test_a_recording_without_a_duration_is_measured(clip: Path, ffmpeg: Ffmpeg) -> None:
    recorded = ffmpeg("recorded.webm", "-i", str(clip), "-c:v", "libvpx", "-c:a", "libopus", "-live", "1")
    with Prober() as prober:
        assert prober.probe(recorded).duration_seconds == pytest.approx(3, abs=0.1)


def test_a_cover_is_no_film(ffmpeg: Ffmpeg) -> None:
    cover = ffmpeg("cover.jpg", "-f", "lavfi", "-i", "testsrc2=size=64x64", "-frames:v", "1", "-update", "1")
    tone = ("-f", "lavfi", "-i", "sine=duration=1")
    song = ffmpeg("song.mp3", *tone, "-i", str(cover), "-map", "0", "-map", "1", "-disposition:v", "attached_pic")
    with Prober() as prober:
        info = prober.probe(song)
    assert info.video is None
    assert info.audio is not None


@pytest.mark.parametrize("content", [b"", b"not a video", b"#EXTM3U\n#EXTINF:1,\n/etc/hostname\n", b"\x00" * 4096])
def test_what_is_no_media_is_not_readable_and_the_next_file_still_is(
    content: bytes, tmp_path: Path, clip: Path
) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(content)
    with Prober() as prober:
        with pytest.raises(NotReadable):
            prober.probe(bad)
        assert prober.probe(clip).video is not None


def test_a_playlist_does_not_open_other_files(clip: Path, tmp_path: Path) -> None:
    for name, text in {
        "list.mp4": f"ffconcat version 1.0\nfile {clip.name}\n",
        "play.mp4": f"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n{clip.name}\n#EXT-X-ENDLIST\n",
    }.items():
        (tmp_path / name).write_text(text)
        with Prober() as prober, pytest.raises(NotReadable):
            prober.probe(tmp_path / name)


def test_a_picture_is_read_only_where_pictures_are_meant(ffmpeg: Ffmpeg) -> None:
    picture = ffmpeg("a.jpg", "-f", "lavfi", "-i", "testsrc2=size=64x48", "-frames:v", "1", "-update", "1")
    with Prober() as prober:
        with pytest.raises(NotReadable):
            prober.probe(picture)
        video = prober.probe(picture, PICTURES).video
    assert video is not None
    assert (video.width, video.height) == (64, 48)


def test_a_child_that_is_killed_is_not_the_files_fault(clip: Path) -> None:
    with Prober() as prober:
        prober.child.kill()
        with pytest.raises(EncoderFailed):
            prober.probe(clip)


def test_a_child_that_a_file_crashes_makes_the_file_unreadable(clip: Path) -> None:
    with Prober() as prober:
        prober.child.send_signal(signal.SIGSEGV)
        with pytest.raises(NotReadable, match="gave up"):
            prober.probe(clip)
