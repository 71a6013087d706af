"""Films that ffmpeg makes for tests, and the outputs that a worker makes of them."""

from collections.abc import Callable, Mapping
from pathlib import Path

import av

from conftest import Ffmpeg
from stoker.models.video import VideoInput
from stoker.probe.probe import MediaInfo, Prober
from stoker.sandbox.formats import CONTAINERS, PICTURES
from stoker.video.outputs.finish import MadeOutput
from stoker.video.source.fetching import open_film
from stoker.video.worker import make_outputs, wanted_outputs
from unit.runs import Run

PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=3")
SOUND = ("-f", "lavfi", "-i", "sine=frequency=440:duration=3")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def outputs_of(source: Path, *outputs: Mapping[str, object], **also: object) -> list[MadeOutput]:
    """Make outputs of a film, in the film's folder. The default is an MP4 and a poster."""
    asked = {"outputs": list(outputs)} if outputs else {}
    video_input = VideoInput.from_firestore({"source": "user-uploads/ada/film", **asked, **also})
    source.with_name("source").write_bytes(source.read_bytes())
    with Prober() as prober:
        opening = open_film(video_input, source.parent, prober)
        wanted = wanted_outputs(video_input)
        return make_outputs(Run(source.parent), prober, opening, video_input.source, wanted)  # type: ignore[arg-type] # A stand-in.


def made(source: Path, *outputs: Mapping[str, object], **also: object) -> list[MediaInfo]:
    """Make outputs of a film, and probe their files."""
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
    """Make a Matroska film whose streams have no durations, and whose captions are longer than its picture."""
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
HLS = {"kind": "hls", "heights": [720, 120, 90]}


def sound_alone(ffmpeg: Ffmpeg) -> Path:
    return ffmpeg("sound.mp3", "-f", "lavfi", "-i", "sine=frequency=440:duration=3", "-ac", "1")


def made_picture(file: Path) -> tuple[int, int, bytes]:
    """Return the width, the height and the grey of each pixel, in the range of films."""
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


def numbered(ffmpeg: Ffmpeg, name: str, seconds: int, rate: int) -> Path:
    """Make a film whose frames show their numbers: each is a grey, lighter by one than the frame before, from 16 on."""
    ramp = f"color=black:size=64x36:rate={rate}:duration={seconds},geq=lum='16+mod(N,200)':cb=128:cr=128"
    sound = ("-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}")
    return ffmpeg(name, "-f", "lavfi", "-i", ramp, *sound, *H264, "-qp", "0", "-g", "100", "-bf", "2", "-c:a", "aac")


def frame_numbers(file: Path) -> list[int]:
    """Return the numbers of the frames of such a film."""
    with av.open(str(file)) as container:
        return [round(sum(line := bytes(frame.planes[0])[:64]) / len(line)) - 16 for frame in container.decode(video=0)]


def black(ffmpeg: Ffmpeg) -> Path:
    return ffmpeg("black.mp4", "-f", "lavfi", "-i", "color=black:size=320x180:rate=10:duration=4", *H264)
