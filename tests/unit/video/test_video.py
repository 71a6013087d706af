"""Odd films: each becomes what was asked for, or fails for a reason that is its own."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import av
import pytest

from conftest import Ffmpeg
from stoker.errors import InvalidJob, TruncatedMedia, UnsupportedMedia
from stoker.logs import JobLog
from stoker.models.video import VideoInput
from stoker.probe.probe import MediaInfo, Prober
from stoker.sandbox.formats import CONTAINERS, PICTURES
from stoker.video.encode.plan import plan
from stoker.video.outputs.finish import MadeOutput
from stoker.video.sound.loudness import read_loudness
from stoker.video.source.fetching import open_film
from stoker.video.worker import make_outputs, wanted_outputs

PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=3")
SOUND = ("-f", "lavfi", "-i", "sine=frequency=440:duration=3")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


class Run:
    """A run that nobody watches."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self.log = JobLog("test")

    def report(self, progress: float, stage: str) -> None:
        """Takes a report."""

    def check(self) -> None:
        """Never stops the work."""


def outputs_of(source: Path, *outputs: Mapping[str, object], **also: object) -> list[MadeOutput]:
    """What comes out of a film, in the film's folder; an MP4 and a poster where nothing is asked for."""
    asked = {"outputs": list(outputs)} if outputs else {}
    video_input = VideoInput.from_firestore({"source": "user-uploads/ada/film", **asked, **also})
    source.with_name("source").write_bytes(source.read_bytes())
    with Prober() as prober:
        opening = open_film(video_input, source.parent, prober)
        wanted = wanted_outputs(video_input)
        return make_outputs(Run(source.parent), prober, opening, video_input.source, wanted)  # type: ignore[arg-type]


def made(source: Path, *outputs: Mapping[str, object], **also: object) -> list[MediaInfo]:
    """What the files hold that come out of a film."""
    with Prober() as prober:
        return [
            prober.probe(source.with_name(output.file.name), CONTAINERS if output.duration_seconds else PICTURES)
            for output in outputs_of(source, *outputs, **also)
        ]


def film(ffmpeg: Ffmpeg) -> Path:
    return ffmpeg("film.mp4", *PICTURE, *SOUND, *H264, "-c:a", "aac")


def without_sound(ffmpeg: Ffmpeg) -> Path:
    return ffmpeg("silent.mp4", *PICTURE, *H264)


def turned(ffmpeg: Ffmpeg) -> Path:
    return ffmpeg("turned.mp4", "-display_rotation", "90", "-i", str(film(ffmpeg)), "-c", "copy")


def odd_size(ffmpeg: Ffmpeg) -> Path:
    return ffmpeg("odd.mkv", *PICTURE, "-vf", "crop=319:179", "-c:v", "libx264", "-pix_fmt", "yuv444p")


def variable_rate(ffmpeg: Ffmpeg) -> Path:
    chosen = "select='not(mod(n\\,3))+gt(t\\,1.5)'"
    return ffmpeg(
        "variable.webm", *PICTURE, "-vf", chosen, "-fps_mode", "vfr", "-c:v", "libvpx", "-deadline", "realtime"
    )


def longer_sound(ffmpeg: Ffmpeg) -> Path:
    return ffmpeg("longer.mp4", *PICTURE, "-f", "lavfi", "-i", "sine=duration=5", *H264, "-c:a", "aac")


def second_track(ffmpeg: Ffmpeg) -> Path:
    tracks = ("-f", "lavfi", "-i", "sine=duration=9", "-map", "0", "-map", "1", "-map", "2")
    return ffmpeg("tracks.mp4", *PICTURE, *SOUND, *tracks, *H264, "-c:a", "aac")


def longer_captions(ffmpeg: Ffmpeg) -> Path:
    captions = ffmpeg("silence.wav", *SOUND).with_name("captions.srt")
    captions.write_text("1\n00:00:01,000 --> 00:00:09,000\nstill here\n")
    return ffmpeg("captions.mkv", *PICTURE, *SOUND, "-i", str(captions), "-map", "0", "-map", "1", "-map", "2", *H264)


def without_tags(ffmpeg: Ffmpeg) -> Path:
    """Matroska whose streams tell no duration, and whose captions outlast its film."""
    return ffmpeg("untagged.mkv", "-i", str(longer_captions(ffmpeg)), "-map", "0", "-c", "copy", "-fflags", "+bitexact")


def transport_stream(ffmpeg: Ffmpeg) -> Path:
    return ffmpeg("offset.ts", *PICTURE, *SOUND, *H264, "-c:a", "aac", "-output_ts_offset", "1000")


def fragmented(ffmpeg: Ffmpeg) -> Path:
    return ffmpeg("fragmented.mp4", *PICTURE, *SOUND, *H264, "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov")


def recorded_live(ffmpeg: Ffmpeg) -> Path:
    live = ("-live", "1", "-output_ts_offset", "100")
    return ffmpeg("live.webm", *PICTURE, *SOUND, "-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus", *live)


def one_frame(ffmpeg: Ffmpeg) -> Path:
    return ffmpeg("frame.mp4", *PICTURE, *H264, "-frames:v", "1")


Source = Callable[[Ffmpeg], Path]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "seconds", "size"),
    [
        (film, 3, (320, 180)),
        (without_sound, 3, (320, 180)),
        (turned, 3, (180, 320)),
        (odd_size, 3, (318, 178)),
        (variable_rate, 3, (320, 180)),
        (longer_sound, 5, (320, 180)),
        (second_track, 3, (320, 180)),
        (longer_captions, 3, (320, 180)),
        (without_tags, 3, (320, 180)),
        (transport_stream, 3, (320, 180)),
        (fragmented, 3, (320, 180)),
        (recorded_live, 3, (320, 180)),
        (one_frame, 0.04, (320, 180)),
    ],
    ids=lambda value: getattr(value, "__name__", None) or str(value),
)
def test_an_odd_film_plays(ffmpeg: Ffmpeg, source: Source, seconds: float, size: tuple[int, int]) -> None:
    mp4, poster = made(source(ffmpeg))
    assert mp4.duration_seconds == pytest.approx(seconds, abs=0.15)
    for info in (mp4, poster):
        assert info.video is not None
        assert (info.video.width, info.video.height) == size


def joined_streams(ffmpeg: Ffmpeg) -> Path:
    part = transport_stream(ffmpeg).read_bytes()
    joined = transport_stream(ffmpeg).with_name("joined.ts")
    joined.write_bytes(part * 3)
    return joined


@pytest.mark.slow
def test_more_than_the_header_says_is_not_cut(ffmpeg: Ffmpeg) -> None:
    [mp4] = made(joined_streams(ffmpeg), {"kind": "mp4"})
    assert mp4.duration_seconds == pytest.approx(9, abs=0.5)


@pytest.mark.slow
def test_a_poster_shows_the_frame_of_its_time(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """Red until 2 s, blue after: alone, and beside an MP4."""
    halves = (
        "-f",
        "lavfi",
        "-i",
        "color=red:size=64x64:rate=25:duration=2,format=yuv420p[a];color=blue:size=64x64:rate=25:duration=2,format=yuv420p[b];[a][b]concat",
    )
    source = ffmpeg("halves.mp4", *halves, *H264)
    alone: list[dict[str, object]] = []
    for others in (alone, [{"kind": "mp4"}]):
        for at, colour in ((1.9, "red"), (2.1, "blue"), (99, "blue")):
            made(source, {"kind": "poster", "at": at}, *others)
            pixel = ffmpeg("pixel.rgb", "-i", str(tmp_path / "poster.jpg"), "-vf", "scale=1:1", "-pix_fmt", "rgb24")
            red, _, blue = pixel.read_bytes()
            assert ("red" if red > blue else "blue") == colour


def test_a_matroska_file_that_is_cut_off_is_truncated(ffmpeg: Ffmpeg) -> None:
    whole = ffmpeg("whole.mkv", *PICTURE, *SOUND, *H264, "-fflags", "+bitexact")
    content = whole.read_bytes()
    whole.write_bytes(content[: len(content) // 2])
    with pytest.raises(TruncatedMedia):
        made(whole)


def test_a_sound_track_that_nobody_can_decode_is_left_out(ffmpeg: Ffmpeg) -> None:
    source = ffmpeg("film.mkv", *PICTURE, *SOUND, *H264, "-c:a", "aac")
    source.write_bytes(source.read_bytes().replace(b"A_AAC", b"A_XYZ"))
    [mp4] = made(source, {"kind": "mp4"})
    assert mp4.video is not None
    assert mp4.audio is None


HLS = {"kind": "hls", "heights": [720, 120, 90]}


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


def sound_alone(ffmpeg: Ffmpeg) -> Path:
    return ffmpeg("sound.mp3", "-f", "lavfi", "-i", "sine=frequency=440:duration=3", "-ac", "1")


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


@pytest.mark.parametrize(
    ("source", "kind", "said"),
    [(without_sound, "audio", "holds no sound"), (sound_alone, "mp4", "holds no picture")],
)
def test_what_a_source_does_not_hold_can_not_come_out(ffmpeg: Ffmpeg, source: Source, kind: str, said: str) -> None:
    with pytest.raises(UnsupportedMedia, match=said):
        made(source(ffmpeg), {"kind": kind})


def cues(track: Path) -> list[tuple[float, float, str, tuple[int, int, int, int]]]:
    """The start, the end, the sheet and the place of each small picture."""
    found = []
    time = r"(\d+):(\d+):(\d+\.\d+)"
    for cue in re.finditer(rf"{time} --> {time}\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)\n", track.read_text()):
        clock = [float(part) for part in cue.groups()[:6]]
        start, end = (hours * 3600 + minutes * 60 + seconds for hours, minutes, seconds in (clock[:3], clock[3:]))
        found.append((start, end, cue[7], (int(cue[8]), int(cue[9]), int(cue[10]), int(cue[11]))))
    return found


def grey_ramp(ffmpeg: Ffmpeg, seconds: int) -> Path:
    """Each second is lighter than the one before, by one."""
    ramp = f"color=black:size=64x36:rate=5:duration={seconds},geq=lum='16+floor(T)':cb=128:cr=128"
    return ffmpeg("ramp.mp4", "-f", "lavfi", "-i", ramp, *H264, "-qp", "0")


@pytest.mark.parametrize(("seconds", "sheets"), [(3, 1), (130, 2)])
def test_a_sprite_shows_each_time_at_its_place(ffmpeg: Ffmpeg, tmp_path: Path, seconds: int, sheets: int) -> None:
    [sprite] = outputs_of(grey_ramp(ffmpeg, seconds), {"kind": "sprite", "interval": 1, "width": 32})
    found = cues(tmp_path / sprite.file.name)
    assert [(start, end) for start, end, _, _ in found] == [(number, number + 1) for number in range(seconds)]
    assert len(sprite.parts) == sheets
    sizes = {part.name: made_picture(tmp_path / part.name) for part in sprite.parts}
    for start, _, sheet, (x, y, width, height) in found:
        columns, rows, pixels = sizes[sheet]
        assert (width, height) == (32, 18)
        assert x + width <= columns
        assert y + height <= rows
        assert pixels[(y + 9) * columns + x + 16] == pytest.approx(16 + start, abs=3)


def made_picture(file: Path) -> tuple[int, int, bytes]:
    """Width, height and the grey of each pixel, as a film has it."""
    with av.open(str(file)) as container:
        frame = next(container.decode(video=0)).reformat(format="yuv420p", dst_color_range="MPEG")
        plane = frame.planes[0]
        rows = bytes(plane)
        size = plane.line_size
        return (
            frame.width,
            frame.height,
            b"".join(rows[row * size : row * size + frame.width] for row in range(frame.height)),
        )


def loud_then_quiet(ffmpeg: Ffmpeg) -> Path:
    """Half of full scale for a second, a tenth of it for the next, and silence after."""
    levels = "aevalsrc='sin(2*PI*440*t)*if(lt(t,1),0.5,if(lt(t,2),0.1,0))':sample_rate=48000:duration=3"
    return ffmpeg("levels.wav", "-f", "lavfi", "-i", levels)


def test_a_waveform_is_that_of_the_sound(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    [waveform] = outputs_of(loud_then_quiet(ffmpeg), {"kind": "waveform"})
    data = json.loads((tmp_path / waveform.file.name).read_text())
    assert len(data["data"]) == 2 * data["length"]
    a_second = data["sample_rate"] / data["samples_per_pixel"]
    assert data["length"] == pytest.approx(3 * a_second, abs=1)
    for second, level in ((0, 64), (1, 13), (2, 0)):
        inside = slice(2 * round((second + 0.1) * a_second), 2 * round((second + 0.9) * a_second))
        assert min(data["data"][inside]) == pytest.approx(-level, abs=1)
        assert max(data["data"][inside]) == pytest.approx(level, abs=1)
    width, height, grey = made_picture(tmp_path / waveform.parts[0].name)
    assert (width, height) == (waveform.width, waveform.height) == (1800, 280)
    lit = [sum(grey[row * width + column] != grey[0] for row in range(height)) for column in (300, 900, 1500)]
    assert lit == pytest.approx([140, 28, 1], abs=3)


def test_a_film_of_one_picture_has_a_sprite(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    [sprite] = outputs_of(one_frame(ffmpeg), {"kind": "sprite"})
    assert [place for _, _, _, place in cues(tmp_path / sprite.file.name)] == [(0, 0, 160, 90)]


@pytest.mark.slow
@pytest.mark.parametrize("source", [film, without_sound])
@pytest.mark.parametrize(("kind", "codecs"), [("webm", ("vp9", "opus")), ("av1", ("libdav1d", "aac"))])
def test_a_film_in_newer_codecs(ffmpeg: Ffmpeg, source: Source, kind: str, codecs: tuple[str, str]) -> None:
    path = source(ffmpeg)
    [info] = made(path, {"kind": kind, "height": 90})
    assert info.video is not None
    assert (info.video.codec, info.video.width, info.video.height) == (codecs[0], 160, 90)
    assert info.duration_seconds == pytest.approx(3, abs=0.1)
    assert (info.audio and info.audio.codec) == (codecs[1] if source is film else None)


@pytest.mark.slow
@pytest.mark.parametrize(("seconds", "frames"), [(1, 10), (10, 30)])
def test_a_preview_moves_for_as_long_as_it_should(ffmpeg: Ffmpeg, tmp_path: Path, seconds: float, frames: int) -> None:
    wanted = [{"kind": "preview", "format": name, "seconds": seconds} for name in ("webp", "gif")]
    webp, gif = outputs_of(film(ffmpeg), *wanted)
    assert (webp.width, webp.height, webp.duration_seconds) == (320, 180, seconds if seconds < 3 else 3)
    assert (tmp_path / webp.file.name).read_bytes().count(b"ANMF") == frames
    with av.open(str(tmp_path / gif.file.name)) as container:
        assert sum(1 for _ in container.decode(video=0)) == frames


def numbered(ffmpeg: Ffmpeg, name: str, seconds: int, rate: int) -> Path:
    """Each frame is a grey that tells its number: one lighter than the frame before, from 16 on."""
    ramp = f"color=black:size=64x36:rate={rate}:duration={seconds},geq=lum='16+mod(N,200)':cb=128:cr=128"
    sound = ("-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}")
    return ffmpeg(name, "-f", "lavfi", "-i", ramp, *sound, *H264, "-qp", "0", "-g", "100", "-bf", "2", "-c:a", "aac")


def frame_numbers(file: Path) -> list[int]:
    """The numbers of the frames of a film that was numbered."""
    with av.open(str(file)) as container:
        return [round(sum(line := bytes(frame.planes[0])[:64]) / len(line)) - 16 for frame in container.decode(video=0)]


@pytest.mark.parametrize(
    ("name", "seconds", "rate", "trim", "numbers"),
    [
        ("film.mp4", 4, 25, {"start": 1, "end": 2}, range(25, 50)),
        ("film.mp4", 4, 25, {"start": 0.99, "end": 1.001}, range(25, 26)),
        ("film.mkv", 4, 25, {"start": 3.5}, range(88, 100)),
        ("film.ts", 4, 25, {"end": 0.15}, range(4)),  # whose sound begins 21 ms before its picture
        ("film.mp4", 4, 30, {"start": 0.033, "end": 0.067}, range(1, 2)),  # times that are cut to milliseconds
        ("film.mp4", 36, 5, {"start": 30, "end": 31}, range(150, 155)),
        ("film.mkv", 36, 5, {"start": 30.1, "end": 99}, range(151, 180)),
        ("film.ts", 36, 5, {"start": 30, "end": 31}, range(150, 155)),
    ],
    ids=str,
)
@pytest.mark.slow
def test_a_part_is_exact_to_the_frame(
    ffmpeg: Ffmpeg, tmp_path: Path, name: str, seconds: int, rate: int, trim: object, numbers: range
) -> None:
    wanted = ({"kind": "mp4", "quality": "high"}, {"kind": "poster", "at": 0}, {"kind": "audio", "format": "wav"})
    mp4, poster, sound = outputs_of(numbered(ffmpeg, name, seconds, rate), *wanted, trim=trim)
    assert frame_numbers(tmp_path / mp4.file.name) == list(numbers)
    _, _, grey = made_picture(tmp_path / poster.file.name)
    assert grey[0] - 16 == pytest.approx(numbers[0], abs=2)
    assert sound.duration_seconds == pytest.approx(len(numbers) / rate, abs=1 / rate)


def test_a_part_that_the_film_has_not_is_refused(ffmpeg: Ffmpeg) -> None:
    with pytest.raises(InvalidJob, match="begins at 5 s"):
        outputs_of(film(ffmpeg), trim={"start": 5})


def black(ffmpeg: Ffmpeg) -> Path:
    return ffmpeg("black.mp4", "-f", "lavfi", "-i", "color=black:size=320x180:rate=10:duration=4", *H264)


@pytest.mark.parametrize(
    ("position", "place"),
    [("top-left", (20, 20)), ("top-right", (299, 20)), ("bottom-right", (299, 159)), ("center", (160, 90))],
)
def test_a_watermark_lies_where_it_should(
    ffmpeg: Ffmpeg, tmp_path: Path, position: str, place: tuple[int, int]
) -> None:
    mark = ffmpeg("mark.png", "-f", "lavfi", "-i", "color=white:size=900x900", "-frames:v", "1", "-update", "1")
    mark.rename(tmp_path / "watermark")
    watermark = {"source": "public/mark.png", "position": position, "opacity": 0.5}
    _, poster = outputs_of(black(ffmpeg), watermark=watermark)
    width, _, grey = made_picture(tmp_path / poster.file.name)
    assert grey[place[1] * width + place[0]] == pytest.approx(16 + 219 / 2, abs=4)
    assert sum(level > 60 for level in grey) == pytest.approx(36 * 36, rel=0.1)  # a fifth of the height, both ways


def test_a_watermark_that_is_no_picture_is_refused(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    (tmp_path / "watermark").write_text("#EXTM3U\n")
    with pytest.raises(UnsupportedMedia, match=r"public/mark\.png.*PNG"):
        outputs_of(black(ffmpeg), watermark={"source": "public/mark.png"})


WEBVTT = """WEBVTT

NOTE nothing of this is shown

STYLE
::cue { color: red }

one
00:00.500 --> 00:01.500 align:start
<v Ada>Good & <i>bad</i>

00:02.500 --> 00:03.500
{\\an8}and on
"""


def test_captions_are_given_back_as_plain_text_and_follow_the_trim(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    (tmp_path / "captions").write_text(WEBVTT)
    captions = {"source": "public/words.vtt"}
    [_, track] = outputs_of(black(ffmpeg), {"kind": "poster"}, captions=captions, trim={"start": 1, "end": 3})
    assert (tmp_path / track.file.name).read_text() == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:00.500\nGood &amp; bad\n\n00:00:01.500 --> 00:00:02.000\n{\\an8}and on\n"
    )


@pytest.mark.slow
@pytest.mark.parametrize("burn_in", [True, False])
def test_captions_are_burnt_in_where_they_are_to_be(ffmpeg: Ffmpeg, tmp_path: Path, burn_in: bool) -> None:
    (tmp_path / "captions").write_text(WEBVTT)
    wanted = [{"kind": "poster", "at": at} for at in (0.1, 1, 2, 3)]
    captions = {"source": "public/words.vtt", "burnIn": burn_in}
    for outputs in (wanted, [*wanted, {"kind": "mp4"}]):
        posters = outputs_of(black(ffmpeg), *outputs, captions=captions)[:4]
        lit = []
        for poster in posters:
            width, _, grey = made_picture(tmp_path / poster.file.name)
            lit.append(any(level > 150 for level in grey[120 * width :]))
            assert all(level < 60 for level in grey[: 90 * width])  # the user's own orders to the renderer are none
        assert lit == [False, burn_in, False, burn_in]


@pytest.mark.slow
def test_a_playlist_names_the_captions(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    (tmp_path / "captions").write_text(WEBVTT)
    [hls, _] = outputs_of(film(ffmpeg), HLS, captions={"source": "public/words.vtt"})
    assert (tmp_path / "hls-captions.vtt").exists()
    assert {part.name for part in hls.parts} >= {"hls-captions.m3u8", "hls-captions.vtt"}
    with av.open(str(tmp_path / hls.file.name), format="hls") as container:
        assert [stream.type for stream in container.streams].count("video") == 3
    master = (tmp_path / hls.file.name).read_text()
    assert master.count('SUBTITLES="captions"') == 3


def test_captions_of_subrip_are_read(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    (tmp_path / "captions").write_text("1\n00:00:01,000 --> 00:00:02,000\nSubRip\n")
    [_, track] = outputs_of(black(ffmpeg), {"kind": "poster"}, captions={"source": "public/words.srt"})
    assert (tmp_path / track.file.name).read_text() == "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nSubRip\n"


def test_captions_that_are_none_are_refused(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    (tmp_path / "captions").write_text("{0}{25}MicroDVD\n")
    with pytest.raises(UnsupportedMedia, match=r"public/words\.sub.*WEBVTT.*SubRip"):
        outputs_of(black(ffmpeg), captions={"source": "public/words.sub"})


def bright(ffmpeg: Ffmpeg) -> Path:
    """HDR10: PQ, BT.2020, ten bits."""
    tags = ("-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc")
    master = "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1):max-cll=1000,400"
    told = f"log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:hdr10=1:{master}"
    encode = ("-pix_fmt", "yuv420p10le", "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", told)
    return ffmpeg("bright.mp4", *PICTURE, "-t", "1", *encode, *tags, "-tag:v", "hvc1")


def test_hdr_becomes_what_every_screen_shows(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    outputs = outputs_of(bright(ffmpeg), {"kind": "mp4", "height": 90}, {"kind": "poster"}, {"kind": "hls"})
    for name in (outputs[0].file.name, "hls-180p.m4s"):
        with av.open(str(tmp_path / name)) as container:
            stream = container.streams.video[0].codec_context
            assert (stream.color_primaries, stream.color_trc, stream.colorspace) == (1, 1, 1)  # BT.709
            assert stream.format is not None
            assert stream.format.name == "yuv420p"
    _, _, grey = made_picture(tmp_path / outputs[1].file.name)
    assert max(grey) - min(grey) > 100  # neither washed out nor dark


def light(ffmpeg: Ffmpeg) -> Path:
    return ffmpeg("light.mp4", *PICTURE, *SOUND, *H264, "-crf", "40", "-c:a", "aac", "-metadata", "title=secret")


def test_what_fits_is_copied_without_its_metadata(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    source = light(ffmpeg)
    [mp4, _] = outputs_of(source)
    for stream in ("v", "a"):
        hashes = [
            ffmpeg(f"{number}.md5", "-i", str(file), "-map", f"0:{stream}", "-c", "copy", "-f", "md5").read_text()
            for number, file in enumerate((source, tmp_path / mp4.file.name))
        ]
        assert hashes[0] == hashes[1]
    assert b"secret" in source.read_bytes()
    assert b"secret" not in (tmp_path / mp4.file.name).read_bytes()


@pytest.mark.parametrize(
    "also",
    [{"outputs": [{"kind": "mp4", "height": 90}]}, {"trim": {"start": 1}}, {"outputs": [{"kind": "hls"}]}],
    ids=["smaller", "trimmed", "hls"],
)
def test_what_does_not_fit_is_encoded(ffmpeg: Ffmpeg, tmp_path: Path, also: dict[str, object]) -> None:
    video_input = VideoInput.from_firestore({"source": "user-uploads/ada/film", **also})
    light(ffmpeg).rename(tmp_path / "source")
    with Prober() as prober:
        [run, *_] = plan("source", open_film(video_input, tmp_path, prober), video_input.outputs).runs
    assert "libx264" in run


def test_the_loudness_is_that_of_a_standard_tone(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """Both channels a sine of 1 kHz at -23 dBFS: -23 LUFS. Source: EBU Tech 3341, test signal 1."""
    tone = f"aevalsrc='{10 ** (-23 / 20):.6f}*sin(2*PI*1000*t)|{10 ** (-23 / 20):.6f}*sin(2*PI*1000*t)':s=48000:d=5"
    outputs_of(ffmpeg("tone.wav", "-f", "lavfi", "-i", tone), {"kind": "audio"})
    heard = read_loudness(tmp_path)
    assert heard is not None
    assert heard.lufs == pytest.approx(-23, abs=0.1)
    assert heard.peak_dbtp == pytest.approx(-23, abs=0.2)
