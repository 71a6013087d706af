"""A film that is read by ranges has the same outputs as a fetched film, in any format and order."""

import random
import re
import struct
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from conftest import Ffmpeg
from stoker.errors import InputNotFound, InputTooLarge, JobCancelled, TruncatedMedia, Unavailable, UnsupportedMedia
from stoker.models.video import VideoInput
from stoker.probe import late_index
from stoker.probe import ranged_source as streaming
from stoker.probe.probe import Prober
from stoker.probe.ranged_source import Remote
from stoker.video.encode.plan import plan
from stoker.video.source.fetching import SOURCE, open_film
from unit.probe.ranges import AAC, H264, Kept, outputs_by_ranges
from unit.runs import Run
from unit.sandbox.guard import guard

pytestmark = pytest.mark.slow
PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=4")
SOUND = ("-f", "lavfi", "-i", "sine=frequency=440:duration=4")
VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus")
FORMATS: Mapping[str, tuple[str, ...]] = {
    "end.mp4": (*H264, *AAC),
    "front.mp4": (*H264, *AAC, "-movflags", "+faststart"),
    "fragmented.mp4": (*H264, *AAC, "-movflags", "frag_keyframe+empty_moov"),
    "film.mov": (*H264, "-c:a", "pcm_s16le"),
    "film.mkv": (*H264, *AAC),
    "film.webm": VP8,
    "live.webm": (*VP8, "-live", "1"),
    "film.ts": (*H264, *AAC),
    "film.avi": ("-c:v", "mpeg4", "-q:v", "5", "-c:a", "libmp3lame"),
    "film.flv": (*H264, *AAC),
}


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "CHUNK_BYTES", 16_384)


def pictures_and_sound(ffmpeg: Ffmpeg, file: Path) -> list[str]:
    """Return the time of each picture, and the decoded sound.

    x264 may choose other bits for a picture if its threads run in another order. So the pictures themselves are
    compared by the posters.
    """
    video, audio = (
        ffmpeg("a.md5", "-i", str(file), "-map", f"0:{kind}", "-f", "framemd5").read_text() for kind in "va"
    )
    return [re.sub(r"\w{32}$", "", video, flags=re.MULTILINE), audio]


@pytest.mark.parametrize("name", FORMATS)
def test_it_becomes_the_same(name: str, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    film = ffmpeg(name, *PICTURE, *SOUND, *FORMATS[name])
    wanted = ({"kind": "mp4", "height": 90}, {"kind": "poster", "at": 2})
    seen: list[list[str | bytes]] = []
    for folder in (tmp_path / "fetched", tmp_path / "streamed"):
        folder.mkdir()
        source = Kept(film.read_bytes())
        if folder.name == "fetched":
            (folder / SOURCE).write_bytes(film.read_bytes())
        mp4, poster = outputs_by_ranges(folder, source if folder.name == "streamed" else None, *wanted)
        assert mp4.duration_seconds == pytest.approx(4, abs=0.1)
        assert (folder / SOURCE).exists() == (folder.name == "fetched")
        seen.append([*pictures_and_sound(ffmpeg, folder / mp4.file.name), (folder / poster.file.name).read_bytes()])
    assert seen[0] == seen[1]


@pytest.mark.parametrize("name", ["end.mp4", "film.mkv"])
def test_a_part_of_it_is_exact_to_the_frame(name: str, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    film = ffmpeg(name, *PICTURE, *SOUND, *FORMATS[name])
    wanted = ({"kind": "mp4", "quality": "high"}, {"kind": "poster", "at": 0}, {"kind": "poster", "at": 0.5})
    parts: list[list[str] | list[bytes]] = []
    for folder in (tmp_path / "fetched", tmp_path / "streamed"):
        folder.mkdir()
        (folder / SOURCE).write_bytes(film.read_bytes())
        source = Kept(film.read_bytes()) if folder.name == "streamed" else None
        for outputs in (wanted, wanted[1:]):
            made = outputs_by_ranges(folder, source, *outputs, trim={"start": 1.28, "end": 2.6})
            parts.append([(folder / output.file.name).read_bytes() for output in made[-2:]])
        parts.append(pictures_and_sound(ffmpeg, folder / "video-180p.mp4"))
    assert parts[:3] == parts[3:]


def test_a_film_that_fits_is_copied_from_there(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    film = ffmpeg("light.mp4", *PICTURE, *SOUND, *H264, "-crf", "40", *AAC)
    outputs_by_ranges(tmp_path, Kept(film.read_bytes()), {"kind": "mp4"})
    assert pictures_and_sound(ffmpeg, film) == pictures_and_sound(ffmpeg, tmp_path / "video-180p.mp4")


@pytest.mark.parametrize(("name", "size", "copied"), [("a.mkv", 180, True), ("b.mkv", 90, False), ("b.mp4", 90, False)])
def test_a_film_is_copied_from_there_only_if_it_never_changes(
    name: str, size: int, copied: bool, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    parts = [
        ffmpeg(f"{number}.ts", "-f", "lavfi", "-i", f"testsrc2=size=320x{rows}:duration=1", *H264, "-crf", "40")
        for number, rows in enumerate((180, size))
    ]
    joined = parts[0].with_name("joined.ts")
    joined.write_bytes(b"".join(part.read_bytes() for part in parts))
    film = ffmpeg(name, "-i", str(joined), "-c", "copy")
    video_input = VideoInput.from_firestore({"source": "user-uploads/ada/film", "outputs": [{"kind": "mp4"}]})
    with Prober() as prober:
        opening = open_film(video_input, tmp_path, prober, Remote(Kept(film.read_bytes()), lambda: None))
    [run] = plan(SOURCE, opening, video_input.outputs).runs
    assert ("libx264" not in run) == copied


def test_the_sound_of_a_long_recording(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    for name in ("sound.mp3", "sound.wav", "sound.flac", "sound.ogg"):
        sound = ffmpeg(name, *SOUND)
        audio, waveform = outputs_by_ranges(tmp_path, Kept(sound.read_bytes()), {"kind": "audio"}, {"kind": "waveform"})
        assert audio.duration_seconds == pytest.approx(4, abs=0.1)
        assert waveform.parts


def test_it_is_never_in_memory_as_a_whole(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    noise = ("-f", "lavfi", "-i", "nullsrc=size=320x180:rate=25:duration=2,geq=random(1)*255:128:128")
    film = ffmpeg("large.mp4", *noise, *H264, "-qp", "10")
    source = Kept(film.read_bytes())
    outputs_by_ranges(tmp_path, source, {"kind": "mp4", "height": 90}, {"kind": "sprite"})
    assert source.size > 2 * 1024**2
    assert source.most <= 1024**2


@pytest.mark.parametrize("name", ["front.mp4", "film.mkv", "film.ts"])
def test_one_that_is_cut_off_is_truncated(name: str, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    content = ffmpeg(name, *PICTURE, *SOUND, *FORMATS[name]).read_bytes()
    if name == "film.ts":  # The container has no duration.
        assert outputs_by_ranges(tmp_path, Kept(content[: len(content) // 2]), {"kind": "mp4"})
        return
    with pytest.raises(TruncatedMedia):
        outputs_by_ranges(tmp_path, Kept(content[: len(content) // 2]), {"kind": "mp4", "height": 90})


@pytest.mark.parametrize("stage", ["probing", "encoding"])
@pytest.mark.parametrize(
    "fault", [Unavailable("It broke off."), InputNotFound("It was replaced."), JobCancelled("as you asked")], ids=repr
)
def test_what_keeps_it_from_being_read_ends_the_work(
    ffmpeg: Ffmpeg, tmp_path: Path, stage: str, fault: Exception
) -> None:
    stages: list[str] = []

    class RecordedRun(Run):
        def report(self, progress: float, now: str) -> None:
            stages.append(now)

    def fails(offset: int) -> None:
        if stage == "probing" or (offset > 100_000 and "encoding" in stages):
            raise fault

    film = ffmpeg("film.mp4", *PICTURE, *SOUND, *FORMATS["end.mp4"])
    with guard(film) as seen, pytest.raises(type(fault)):
        outputs_by_ranges(tmp_path, Kept(film.read_bytes(), fails), run=RecordedRun(tmp_path))
    assert ("encoding" in stages) == (stage == "encoding")
    assert seen.children == []


@pytest.mark.parametrize("wide", [False, True], ids=["32 bits", "64 bits"])
def test_the_places_in_a_late_index_move_with_it(wide: bool) -> None:
    def box(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I4s", 8 + len(content), kind) + content

    letter, kind = ("Q", b"co64") if wide else ("I", b"stco")
    head, data = box(b"ftyp", b"isom"), box(b"mdat", b"0123456789")
    places = struct.pack(f">II3{letter}", 0, 3, len(head) + 8, len(head) + 13, 4000)
    moov = box(kind, places)
    for holder in (b"stbl", b"minf", b"mdia", b"trak", b"moov"):
        moov = box(holder, moov)
    content = b"".join(Remote(Kept(head + data + moov + box(b"free", bytes(9))), lambda: None).in_order("mov,mp4"))
    assert len(content) == len(head + data + moov) + 17
    assert content.startswith(head + moov[:8])
    first, second, beyond = struct.unpack(
        f">3{letter}", content.partition(kind)[2][8:][: struct.calcsize(f">3{letter}")]
    )
    assert (content[first : first + 1], content[second : second + 1], beyond) == (b"0", b"5", 4000)


def test_an_index_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late_index, "MAX_INDEX_BYTES", 10)
    film = struct.pack(">I4s8xI4s12x", 16, b"mdat", 20, b"moov")
    with pytest.raises(InputTooLarge, match="made for streaming"):
        list(Remote(Kept(film), lambda: None).in_order("mov,mp4"))


@pytest.mark.parametrize("film", [b"", b"\0" * 100, struct.pack(">I4s", 8, b"free") * 1000, b"\xff" * 64])
def test_what_is_no_film_is_sent_as_it_is(film: bytes) -> None:
    assert b"".join(Remote(Kept(film), lambda: None).in_order("mov,mp4")) == film


def test_flipped_bits_do_no_more_harm_than_in_a_file(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """Half of them in the index, which we read ourselves."""
    whole = ffmpeg("end.mp4", *PICTURE, "-t", "1", *H264).read_bytes()
    index = whole.index(b"moov")
    for number in range(20):
        chance, content = random.Random(2026 + number), bytearray(whole)
        for _ in range(8):
            content[chance.randrange(index if number % 2 else 0, len(content))] ^= 1 << chance.randrange(8)
        with suppress(UnsupportedMedia, TruncatedMedia, InputTooLarge):
            assert outputs_by_ranges(tmp_path, Kept(bytes(content)), {"kind": "mp4", "height": 90})
