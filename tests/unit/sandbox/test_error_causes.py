"""ffmpeg's log becomes a sentence: the first cause, without addresses, parts of ffmpeg and our file names."""

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from conftest import Ffmpeg
from stoker.errors import PermanentError
from stoker.sandbox.diagnosis import codec_in
from stoker.sandbox.error_causes import GENERAL, SPECIFIC, cause
from stoker.sandbox.ffmpeg_limits import limit_in
from unit.sandbox.error_cases import CAUSES, MEMORY
from unit.video.films import H264, outputs_of


@pytest.mark.parametrize(("error_output", "words"), CAUSES)
def test_an_error_becomes_words(error_output: str, words: str) -> None:
    assert cause(error_output) == words


@pytest.mark.parametrize(
    "error_output",
    [
        '[Parsed_pan_1 @ 0x564d63f54b00] Expected in channel name, got "c64"\nError initializing filters',
        "Error reinitializing filters!",
        "Error submitting packet to decoder",
        "Error submitting a packet to the muxer",
        "Error decoding: Broken pipe",
        "Error while decoding stream",
    ],
)
def test_an_error_without_some_of_its_words_is_known(error_output: str) -> None:
    assert cause(error_output) in ("it can't be opened", "its picture or sound is damaged")


def test_a_pattern_finds_as_many_names_as_its_words_have() -> None:
    for words, patterns in (*SPECIFIC, *GENERAL):
        assert {re.compile(pattern).groups for pattern in patterns} == {words.count("{}")}, words


def message_of(file: Path, output: Mapping[str, object]) -> str:
    """Return the error message that the owner reads; empty if the job completes."""
    try:
        outputs_of(file, output)
    except PermanentError as error:
        return error.message
    return ""


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "half of it": lambda content: content[: len(content) // 2],
    "its head": lambda content: content[:300],
    "another head": lambda content: b"\x5a" * 60 + content[60:],
    "another half": lambda content: content[: len(content) // 2] + b"\xa5" * (len(content) // 2),
    "no zeros": lambda content: content.replace(b"\0", b"\1"),
}


SOAK = [pytest.param(ending, marks=pytest.mark.soak) for ending in ("mkv", "avi", "ts", "ogg", "wmv", "wav", "flac")]


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["mp4", "flv", "mp3", *SOAK])
def test_the_error_of_a_broken_file_is_in_words(ending: str, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    picture = () if ending in ("ogg", "mp3", "wav", "flac") else ("-f", "lavfi", "-i", "testsrc2=size=64x64:duration=1")
    whole = ffmpeg(f"whole.{ending}", *picture, "-f", "lavfi", "-i", "sine=duration=1").read_bytes()
    for number, broken in enumerate(BROKEN.values()):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "film").write_bytes(broken(whole))
        sentence = message_of(folder / "film", {"kind": "mp4", "height": 32} if picture else {"kind": "audio"})
        assert re.search(r"0x|@|#\d|\bsource\b|pipe:|Error|\[|/tmp|memory than a worker", sentence) is None
        assert not sentence or "Upload" in sentence
        shutil.rmtree(folder)


@pytest.mark.parametrize(("error_output", "limit"), MEMORY)
def test_a_limit_is_named_only_if_it_was_met(error_output: str, limit: str | None) -> None:
    assert limit_in(error_output) == limit


def test_a_small_file_never_needs_too_much_memory(ffmpeg: Ffmpeg) -> None:
    """One frame, and no other for as long as the sound plays: no frame lies in the preview."""
    small = ffmpeg(
        "small.mp4",
        *("-f", "lavfi", "-i", "testsrc2=size=64x64:duration=0.04", "-f", "lavfi", "-i", "sine=duration=6"),
        *(*H264, "-c:a", "aac", "-b:a", "8000", "-ar", "8000"),
    )
    assert "memory" not in message_of(small, {"kind": "preview"})


RELABELLED = (
    (b"ac-4", "AC-4"),
    (b"mhm1", "MPEG-H 3D Audio"),
    (b"zzzz", "zzzz"),
    (b"enca", "encrypted (DRM)"),
)


@pytest.mark.parametrize(("tag", "name"), RELABELLED)
def test_a_sound_without_a_decoder_is_named(tag: bytes, name: str, ffmpeg: Ffmpeg) -> None:
    """AAC whose description calls it something else: nothing here encodes these codecs."""
    sound = ffmpeg("sound.mp4", "-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac")
    sound.write_bytes(sound.read_bytes().replace(b"mp4a", tag).replace(b"esds", b"none"))
    with pytest.raises(PermanentError) as error:
        outputs_of(sound, {"kind": "audio"})
    assert f"not supported: {name}" in error.value.message
    assert "no sound" not in error.value.message


def test_a_picture_without_a_decoder_is_named(ffmpeg: Ffmpeg) -> None:
    film = ffmpeg("film.mp4", "-f", "lavfi", "-i", "testsrc2=size=64x64:duration=1", *H264)
    film.write_bytes(film.read_bytes().replace(b"avc1\0\0\0\0\0\0", b"evc1\0\0\0\0\0\0"))
    with pytest.raises(PermanentError, match="not supported: EVC"):
        outputs_of(film, {"kind": "mp4"})


def test_a_codec_is_named_by_its_tag_where_ffmpeg_has_no_name() -> None:
    listed = "  Stream #0:0[0x1](und): Video: none (xyzv / 0x767A7978), none, 64x64\n"
    sentence = "[vist#0:0/none @ 0x5] Decoding requested, but no decoder found for: none"
    assert codec_in(listed + sentence, "picture") == "xyzv"
    assert codec_in(sentence, "picture") == "unknown"
    assert codec_in(listed, "picture") is None


@pytest.mark.parametrize("kind", ["audio", "waveform"])
def test_a_sound_job_is_asked_for_a_sound(kind: str, tmp_path: Path) -> None:
    (tmp_path / "film").write_bytes(b"no sound at all")
    with pytest.raises(PermanentError) as error:
        outputs_of(tmp_path / "film", {"kind": kind})
    assert "Upload an MP3, M4A, WAV" in error.value.message
    assert "MP4" not in error.value.message
