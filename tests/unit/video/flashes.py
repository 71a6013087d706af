"""Films whose flashes and clicks come at the same times, and the times at which a viewer sees and hears them."""

import random
from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np

from conftest import Ffmpeg

SIZE = (64, 48)
RATE = 48_000
CLICK_SECONDS = 0.03


def flash_times(seconds: float, start: float = 0.3) -> list[float]:
    """Times with intervals that are all different, so that no shift but 0 lays the pattern over itself.

    All lie on a grid of 40 ms, that of 25 pictures a second.
    """
    steps = random.Random(7).sample(range(9, 60), 50)
    times, at = [], round(start / 0.04)
    for step in steps:
        if at * 0.04 > seconds - 0.3:
            break
        times.append(at * 0.04)
        at += step
    return times


def picture(times: Sequence[float], stamps: Sequence[float]) -> bytes:
    """Yield a frame for each stamp: white for a flash, else grey."""
    frames = []
    for stamp in stamps:
        white = any(abs(stamp - time) < 0.001 for time in times)
        frames.append(bytes([235 if white else 16]) * (SIZE[0] * SIZE[1]) + bytes([128]) * (SIZE[0] * SIZE[1] // 2))
    return b"".join(frames)


def clicks(times: Sequence[float], seconds: float, rate: int = RATE, channels: int = 2) -> bytes:
    """A short tone at each time, 16 bits, the same in all channels."""
    sound = np.zeros(round(seconds * rate))
    tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(round(CLICK_SECONDS * rate)) / rate)
    for time in times:
        at = round(time * rate)
        if 0 <= at < len(sound):
            sound[at : at + len(tone)] = tone[: len(sound) - at]
    return np.repeat((sound * 32767).astype("<i2")[:, None], channels, axis=1).tobytes()


def film(
    ffmpeg: Ffmpeg,
    name: str,
    seconds: float,
    *options: str,
    first: float = 0.0,
    stamps: Sequence[float] | None = None,
    late_sound: float = 0.0,
    late_picture: float = 0.0,
    rate: int = RATE,
    channels: int = 2,
    size: tuple[int, int] = SIZE,
) -> Path:
    """Make a film of the pattern, from a time of the pattern on.

    Args:
        ffmpeg: The fixture.
        name: The name of the file. Its ending chooses the container.
        seconds: The duration of the film.
        options: ffmpeg's options for the encoders and the muxer.
        first: The time of the pattern at which the film begins.
        stamps: The times of the pictures, in seconds. By default, 25 a second.
        late_sound: The delay of the sound, in seconds.
        late_picture: The delay of the picture, in seconds.
        rate: The samples of the sound in a second.
        channels: The channels of the sound.
        size: The width and the height of the picture.
    """
    times = [time - first for time in flash_times(first + seconds)]
    grid = [step * 0.04 for step in range(round(seconds / 0.04))]
    chosen = [stamp for stamp in (stamps or grid) if stamp >= late_picture - 1e-6]
    folder = ffmpeg("made.wav", "-f", "lavfi", "-i", "anullsrc=d=0.1").parent
    (folder / "picture.yuv").write_bytes(picture(times, chosen))
    (folder / "sound.pcm").write_bytes(
        clicks([time - late_sound for time in times], seconds - late_sound, rate, channels)
    )
    # Each frame's own time, in units of 1 ms.
    stamped = _sum([f"eq(N\\,{number})*{round(stamp * 1000)}" for number, stamp in enumerate(chosen)])
    source = ("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{SIZE[0]}x{SIZE[1]}", "-r", "25")
    sound = ("-f", "s16le", "-ar", str(rate), "-ac", str(channels))
    timed = f"settb=1/1000,setpts={stamped}" if stamps else f"setpts=PTS+{late_picture}/TB"
    return ffmpeg(
        name,
        *(*source, "-i", str(folder / "picture.yuv"), *sound, "-i", str(folder / "sound.pcm")),
        *(
            "-af",
            f"asetpts=PTS+{late_sound}/TB",
            "-vf",
            f"{timed},scale={size[0]}:{size[1]}",
            "-fps_mode",
            "passthrough",
            "-enc_time_base:v",
            "1:90000",
        ),
        *options,
    )


def _sum(terms: Sequence[str]) -> str:
    """A sum with brackets, because ffmpeg nests a long one too deep."""
    half = len(terms) // 2
    return f"({_sum(terms[:half])}+{_sum(terms[half:])})" if half else terms[0]


def seen(file: Path) -> list[float]:
    """When the picture turns white, in seconds of the file's clock."""
    shift = _shift(file) if file.suffix == ".m4s" else 0.0
    with av.open(file) as container:
        bright = [
            (float(frame.time or 0) - shift, frame.to_ndarray(format="gray").mean() > 128)
            for frame in container.decode(video=0)
        ]
    bright.sort()
    pairs = zip([(0.0, False), *bright], bright, strict=False)
    return [time for (_, before), (time, now) in pairs if now and not before]


def _shift(file: Path) -> float:
    """Return the delay with which libav reads fragments, in seconds.

    It adds the largest negative composition offset to the times of all pictures. Our first pictures have none.
    """
    with av.open(file) as container:
        packet = next(container.demux(video=0))
        assert packet.pts is not None
        assert packet.dts is not None
        return float((packet.pts - packet.dts) * packet.time_base)


def heard(file: Path) -> list[float]:
    """When clicks begin, in seconds of the file's clock."""
    found: list[float] = []
    last = -1.0
    with av.open(file) as container:
        mono = av.AudioResampler(format="flt", layout="mono")
        for frame in container.decode(audio=0):
            assert frame.time is not None
            start = frame.time
            for part in mono.resample(frame):
                samples = np.abs(part.to_ndarray()[0])
                for at in np.flatnonzero(samples > 0.1):
                    time = start + at / frame.sample_rate
                    if not found or time - last > 0.1:
                        found.append(time)
                    last = time
    return found
