"""Of several tracks, the outputs are made of the one that a viewer would choose, and that can be decoded."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from conftest import Ffmpeg
from stoker.errors import UnsupportedMedia
from stoker.languages import match
from stoker.models.video import VideoInput
from stoker.probe.probe import MediaInfo, Prober
from stoker.probe.tracks import Track, pictures, sounds
from stoker.video.source.source_warnings import source_warnings
from unit.video.films import outputs_of

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
FILM = ("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=2")
THUMBNAILS = ("-f", "lavfi", "-i", "testsrc2=size=160x90:rate=1:duration=2")
TONE, OTHER = (("-f", "lavfi", "-i", f"sine=frequency={hertz}:duration=2") for hertz in (440, 880))


def probed(file: Path, language: str = "") -> MediaInfo:
    with Prober() as prober:
        return prober.probe(file, language=language)


def all_of(count: int) -> tuple[str, ...]:
    return tuple(part for number in range(count) for part in ("-map", str(number)))


@pytest.mark.parametrize("name", ["a.mp4", pytest.param("a.mov", marks=pytest.mark.soak), "a.mkv"])
@pytest.mark.parametrize("defaults", [(), ("-disposition:v", "default"), ("-disposition:v:0", "default")])
def test_a_track_of_thumbnails_is_no_film(ffmpeg: Ffmpeg, name: str, defaults: tuple[str, ...]) -> None:
    film = ffmpeg(name, *THUMBNAILS, *FILM, *TONE, *all_of(3), *H264, "-c:a", "aac", *defaults)
    info = probed(film)
    assert info.video is not None
    assert (info.video.width, info.video.index, info.video.frames_per_second) == (320, 1, 25)
    assert [warning.code for warning in source_warnings(info, "film")] == []


@pytest.mark.parametrize("name", ["a.mp4", pytest.param("a.mkv", marks=pytest.mark.soak)])
@pytest.mark.parametrize(
    ("flags", "language", "chosen"),
    [
        (("-disposition:a:0", "comment", "-disposition:a:1", "default"), "", 1),
        (("-disposition:a:0", "0", "-disposition:a:1", "default"), "", 1),
        (("-disposition:a:0", "comment", "-disposition:a:1", "dub"), "", 1),
        ((), "", 0),
        ((), "de", 1),
        ((), "de-AT", 1),
        ((), "ger", 1),
        ((), "en", 0),
        ((), "fr", 0),
        (("-disposition:a:0", "default", "-disposition:a:1", "0"), "de", 1),
    ],
)
def test_a_sound_is_chosen(ffmpeg: Ffmpeg, name: str, flags: tuple[str, ...], language: str, chosen: int) -> None:
    tagged = ("-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=ger")
    film = ffmpeg(name, *TONE, *OTHER, *all_of(2), "-c:a", "aac", *tagged, *flags)
    info = probed(film, language)
    assert info.audio is not None
    assert info.audio.index == chosen
    codes = [warning.code for warning in source_warnings(info, "film", language)]
    assert codes == [*(["language-missing"] if language == "fr" else []), "tracks-ignored"]


def test_a_job_can_ask_for_a_language(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    tagged = ("-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=ger")
    film = ffmpeg("a.mkv", *TONE, *OTHER, *all_of(2), "-c:a", "pcm_s16le", *tagged)
    [audio] = outputs_of(film, {"kind": "audio", "format": "wav"}, audio={"language": "de"})
    samples = (tmp_path / audio.file.name).read_bytes()[1000:]
    crossings = sum((a ^ b) >> 7 for a, b in zip(samples[1::4], samples[5::4], strict=False))
    assert crossings == pytest.approx(2 * 880 * 2, rel=0.05)


@pytest.mark.parametrize("language", ["", "d", "de_", "german language", "1"])
def test_what_is_no_language_is_refused(language: str) -> None:
    with pytest.raises(ValidationError):
        VideoInput.from_firestore({"source": "public/a.mp4", "audio": {"language": language}})


@pytest.mark.parametrize(
    ("tracks", "order"),
    [
        ([Track(0, area=100, rate=25), Track(1, area=400, rate=25)], [1, 0]),
        ([Track(0, frozenset({"default"}), 100, 25), Track(1, area=400, rate=25)], [0, 1]),
        ([Track(0, frozenset({"default"}), 100, 1), Track(1, area=400, rate=25)], [1, 0]),
        ([Track(0, frozenset({"attached_pic"}), 900), Track(1, area=100, rate=25)], [1]),
        ([Track(0, frozenset({"still_image"}), 900, 1), Track(1, area=100, rate=25)], [1]),
        ([Track(0, frozenset({"attached_pic", "timed_thumbnails"}), 900, 1)], []),
        ([Track(0, area=100, rate=1)], [0]),
        ([Track(0, area=100, rate=25), Track(1, area=100, rate=25)], [0, 1]),
        ([], []),
    ],
)
def test_the_order_of_pictures(tracks: list[Track], order: list[int]) -> None:
    assert [track.index for track in pictures(tracks)] == order


@pytest.mark.parametrize(
    ("tracks", "language", "order"),
    [
        ([Track(0), Track(1)], "", [0, 1]),
        ([Track(0), Track(1, frozenset({"default"}))], "", [1, 0]),
        ([Track(0, frozenset({"default", "comment"})), Track(1)], "", [1, 0]),
        ([Track(0, frozenset({"visual_impaired"})), Track(1, frozenset({"hearing_impaired"}))], "", [0, 1]),
        ([Track(0, frozenset({"default"}), title="Director's commentary"), Track(1)], "", [1, 0]),
        ([Track(0, language="eng"), Track(1, language="deu"), Track(2, language="ger")], "de", [1, 2, 0]),
        ([Track(0, frozenset({"comment"}), language="ger"), Track(1, language="eng")], "de", [0, 1]),
        ([Track(0, frozenset({"comment"}), language="ger"), Track(1, language="ger")], "de", [1, 0]),
        ([Track(0, language="pt-PT"), Track(1, language="pt-BR")], "pt-BR", [1, 0]),
    ],
)
def test_the_order_of_sounds(tracks: list[Track], language: str, order: list[int]) -> None:
    assert [track.index for track in sounds(tracks, lambda tagged: match(language, tagged))] == order


@pytest.mark.parametrize(
    ("asked", "tagged", "alike"),
    [
        ("de", "deu", 2),
        ("de", "ger", 2),
        ("DE", "ger", 2),
        ("ger", "deu", 2),
        ("de-AT", "ger", 1),
        ("de_AT", "de-AT", 2),
        ("pt-BR", "por", 1),
        ("fr", "fre", 2),
        ("zh", "chi", 2),
        ("iw", "heb", 2),
        ("nb", "nor", 2),
        ("de", "eng", 0),
        ("de", "", 0),
        ("", "ger", 0),
        ("tlh", "tlh", 2),
        ("tlh", "eng", 0),
    ],
)
def test_codes_of_a_language(asked: str, tagged: str, alike: int) -> None:
    assert match(asked, tagged) == alike


EMPTY_SOUND = (*FILM, *TONE, "-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus", "-bsf:a", "noise=drop=1")
EMPTY_PICTURE = (*FILM, *TONE, *H264, "-c:a", "aac", "-bsf:v", "noise=drop=1")


@pytest.mark.slow
def test_a_sound_without_packets_is_left_out(ffmpeg: Ffmpeg) -> None:
    film = ffmpeg("muted.webm", *EMPTY_SOUND)
    info = probed(film)
    assert info.audio is None
    assert [warning.code for warning in source_warnings(info, "film")] == ["track-without-packets"]
    mp4, _ = outputs_of(film)
    assert mp4.duration_seconds == pytest.approx(2, abs=0.1)
    with pytest.raises(UnsupportedMedia, match="no sound"):
        outputs_of(film, {"kind": "audio"})


def test_a_picture_without_packets_is_left_out(ffmpeg: Ffmpeg) -> None:
    film = ffmpeg("dark.mkv", *EMPTY_PICTURE)
    info = probed(film)
    assert info.video is None
    assert [warning.code for warning in source_warnings(info, "film")] == ["track-without-packets"]
    [audio] = outputs_of(film, {"kind": "audio"})
    assert audio.duration_seconds == pytest.approx(2, abs=0.1)


def test_an_empty_track_gives_way_to_another(ffmpeg: Ffmpeg) -> None:
    drop = ("-bsf:a:0", "noise=drop=1")
    film = ffmpeg("a.mkv", *FILM, *TONE, *OTHER, *all_of(3), *H264, "-c:a", "aac", *drop)
    info = probed(film)
    assert info.audio is not None
    assert info.audio.index == 2


@pytest.mark.parametrize("spoiled", ["unknown", "noise"])
def test_a_sound_that_can_not_be_decoded_gives_way_to_another(ffmpeg: Ffmpeg, spoiled: str) -> None:
    film = ffmpeg(
        "a.mkv",
        *(*FILM, *TONE, *OTHER, *all_of(3), *H264, "-c:a:0", "flac", "-c:a:1", "aac"),
        *(("-bsf:a:0", "noise=amount=1") if spoiled == "noise" else ()),
    )
    if spoiled == "unknown":
        film.write_bytes(film.read_bytes().replace(b"A_FLAC", b"A_XXXX"))
    info = probed(film)
    assert info.audio is not None
    assert info.audio.codec == "aac"
    assert [warning.code for warning in source_warnings(info, "film")] == ["undecodable-sound"]
    assert all(output.duration_seconds for output in outputs_of(film, {"kind": "mp4"}, {"kind": "audio"}))


def test_a_file_of_nothing_but_noise_is_refused(ffmpeg: Ffmpeg) -> None:
    film = ffmpeg("a.mkv", *FILM, *H264, "-bsf:v", "noise=amount=1")
    with pytest.raises(UnsupportedMedia):
        outputs_of(film)
