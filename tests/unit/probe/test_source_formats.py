"""A table of sources: every kind of output is made of every kind of source, or refused with a reason."""

from dataclasses import dataclass
from pathlib import Path

import av
import pytest

from conftest import Ffmpeg
from stoker.errors import UnsupportedMedia
from stoker.probe.probe import Prober
from stoker.sandbox.formats import PICTURES
from stoker.video.outputs.finish import MadeOutput
from unit.video.films import outputs_of

pytestmark = pytest.mark.slow

Size = tuple[int, int]

FILMS = ("mp4", "webm", "av1", "hls")
OF_PICTURE = (*FILMS, "poster", "sprite", "preview")
OF_SOUND = ("audio", "waveform")

PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=10:duration=1")
SOUND = ("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=1")
SURROUND = ("-filter:a", "pan=5.1|FL=c0|FR=c0|FC=c0|LFE=c0|BL=c0|BR=c0")

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
HEVC = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none")
VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8")
AV1 = ("-c:v", "libsvtav1", "-preset", "12", "-svtav1-params", "lp=1")
MPEG4 = ("-c:v", "mpeg4", "-q:v", "5")
PRORES = ("-c:v", "prores_ks", "-pix_fmt", "yuv422p10le")
PQ = ("-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc")
HDR10 = (*HEVC[:-1], "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:hdr10=1", *PQ)
HLG = (
    *(*HEVC[:-1], "log-level=none:colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc"),
    *("-color_primaries", "bt2020", "-color_trc", "arib-std-b67", "-colorspace", "bt2020nc"),
)
SOME_FRAMES = ("-vf", "select='not(mod(n\\,3))+gt(n\\,6)'", "-fps_mode", "vfr")


@dataclass(frozen=True)
class Source:
    """A file to make, and its contents.

    Attributes:
        inputs: ffmpeg's options for the inputs.
        options: ffmpeg's options for the encoders.
        size: The size of its picture as shown, in even pixels; None if it has no picture.
        sound: True if it has sound.
        seconds: Its duration in seconds.
    """

    name: str
    inputs: tuple[str, ...]
    options: tuple[str, ...]
    size: Size | None = (320, 180)
    sound: bool = True
    seconds: float = 1


BOTH = (*PICTURE, *SOUND)

SOURCES = {
    "h264 in mp4": Source("a.mp4", BOTH, (*H264, "-c:a", "aac")),
    "h264 in mov": Source("a.mov", BOTH, (*H264, "-c:a", "pcm_s16le")),
    "h264 in mkv": Source("a.mkv", BOTH, (*H264, "-c:a", "flac")),
    "h264 in ts": Source("a.ts", BOTH, (*H264, "-c:a", "aac")),
    "h264 in avi": Source("a.avi", BOTH, (*H264, "-bf", "0", "-c:a", "libmp3lame")),
    "h264 of 10 bits": Source("a.mkv", BOTH, ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le")),
    "h264 of all colours": Source("a.mp4", PICTURE, (*H264[:-1], "yuv444p"), sound=False),
    "h264 interlaced": Source("a.ts", BOTH, (*H264, "-flags", "+ildct+ilme", "-x264-params", "tff=1")),
    "hevc in mp4": Source("a.mp4", BOTH, (*HEVC, "-tag:v", "hvc1", "-c:a", "aac")),
    "hevc of 10 bits": Source("a.mkv", PICTURE, (*HEVC, "-pix_fmt", "yuv420p10le"), sound=False),
    "hdr10": Source("a.mp4", BOTH, (*HDR10, "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1", "-c:a", "aac")),
    "hlg": Source("a.mov", BOTH, (*HLG, "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1", "-c:a", "aac")),
    "vp9 in webm": Source("a.webm", BOTH, (*VP9, "-c:a", "libopus")),
    "av1 in mp4": Source("a.mp4", BOTH, (*AV1, "-c:a", "aac")),
    "mpeg4 in avi": Source("a.avi", BOTH, (*MPEG4, "-c:a", "libmp3lame")),
    "prores in mov": Source("a.mov", BOTH, (*PRORES, "-c:a", "pcm_s24le")),
    "5.1": Source("a.mp4", BOTH, (*H264, *SURROUND, "-c:a", "aac")),
    "no sound": Source("a.mp4", PICTURE, H264, sound=False),
    "odd size": Source("a.mkv", PICTURE, ("-vf", "crop=319:179", *H264[:-1], "yuv444p"), (318, 178), sound=False),
    "wide pixels": Source("a.mp4", BOTH, ("-vf", "setsar=4/3", *H264, "-c:a", "aac"), (426, 180)),
    "variable rate": Source("a.mp4", PICTURE, (*SOME_FRAMES, *H264), sound=False),
    "120 frames a second": Source(
        "a.mp4", ("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=120:duration=1"), H264, sound=False
    ),
    "one frame": Source("a.mp4", PICTURE, (*H264, "-frames:v", "1"), sound=False, seconds=0.1),
    "sound in mp3": Source("a.mp3", SOUND, (), None),
    "sound in m4a": Source("a.m4a", SOUND, ("-c:a", "aac"), None),
    "5.1 in flac": Source("a.flac", SOUND, SURROUND, None),
}


def kinds_of(source: Source) -> list[str]:
    return [*(OF_PICTURE if source.size else ()), *(OF_SOUND if source.sound else ())]


def check(source: Source, output: MadeOutput, folder: Path, prober: Prober) -> None:
    """Looks at an output as its user would."""
    assert all((folder / file.name).stat().st_size for file in (output.file, *output.parts))
    path = folder / output.file.name
    match output.kind:
        case "mp4" | "webm" | "av1" | "audio":
            info = prober.probe(path)
            assert info.duration_seconds == pytest.approx(source.seconds, abs=0.15)
            if output.kind == "audio":
                assert info.video is None
            else:
                assert info.video is not None
                assert (info.video.width, info.video.height) == source.size
                assert (info.video.pixel_format, info.video.hdr, info.video.rotation) == ("yuv420p", None, 0)
                assert 0 < info.video.frames_per_second <= 60.1
                assert info.video.square_pixels
            assert (info.audio is not None) == source.sound
            assert not info.audio or info.audio.channels <= 2
        case "hls":
            with av.open(str(path), format="hls") as container:
                assert [stream.type for stream in container.streams].count("video") == 1
                assert len(container.streams) == 1 + source.sound
                assert sum(1 for _ in container.decode(video=0)) >= 1
            assert output.duration_seconds == pytest.approx(source.seconds, abs=0.15)
        case "poster":
            picture = prober.probe(path, PICTURES).video
            assert picture is not None
            assert (picture.width, picture.height) == source.size
        case "sprite":
            assert "#xywh=0,0," in path.read_text()
        case _:
            assert output.width


@pytest.mark.parametrize("name", SOURCES)
def test_every_kind_of_output_comes_out_of(name: str, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    source = SOURCES[name]
    file = ffmpeg(source.name, *source.inputs, *source.options)
    outputs = outputs_of(file, *({"kind": kind} for kind in kinds_of(source)))
    assert [output.kind for output in outputs] == kinds_of(source)
    with Prober() as prober:
        for output in outputs:
            check(source, output, tmp_path, prober)


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_turned_film_is_upright_in_every_kind(turned: int, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    straight = ffmpeg("straight.mp4", *PICTURE, *H264)
    file = ffmpeg("turned.mp4", "-display_rotation", str(turned), "-i", str(straight), "-c", "copy")
    source = Source("turned.mp4", (), (), (180, 320) if turned % 180 else (320, 180), sound=False)
    with Prober() as prober:
        for output in outputs_of(file, *({"kind": kind} for kind in OF_PICTURE)):
            check(source, output, tmp_path, prober)


def cover(ffmpeg: Ffmpeg) -> Path:
    """A song with the picture of its album."""
    picture = ffmpeg("cover.jpg", *PICTURE, "-frames:v", "1", "-update", "1")
    return ffmpeg(
        "song.mp3",
        *SOUND,
        "-i",
        str(picture),
        "-map",
        "0",
        "-map",
        "1",
        "-c:v",
        "copy",
        "-disposition:v",
        "attached_pic",
    )


def test_a_cover_is_no_film_but_has_a_sound(ffmpeg: Ffmpeg) -> None:
    song = cover(ffmpeg)
    for kind in set(OF_PICTURE) - {"hls"}:  # of sound alone, hls makes a set of sound
        with pytest.raises(UnsupportedMedia, match="no picture"):
            outputs_of(song, {"kind": kind})
    audio, waveform = outputs_of(song, {"kind": "audio"}, {"kind": "waveform"})
    assert audio.duration_seconds == pytest.approx(1, abs=0.1)
    assert waveform.parts


def test_a_silent_film_has_no_sound(ffmpeg: Ffmpeg) -> None:
    silent = ffmpeg("silent.mp4", *PICTURE, *H264)
    for kind in OF_SOUND:
        with pytest.raises(UnsupportedMedia, match="no sound"):
            outputs_of(silent, {"kind": kind})
