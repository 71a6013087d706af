"""Sounds whose samples a test gives, and the samples and loudness of made sounds."""

import math
import subprocess
from collections.abc import Mapping
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pyloudnorm

from conftest import Ffmpeg

RATE = 48_000

HALF_POWER = math.sqrt(0.5)
GAINS: Mapping[str, tuple[float, float]] = {
    "FL": (1, 0),
    "FR": (0, 1),
    "FC": (HALF_POWER, HALF_POWER),
    "BC": (0.5, 0.5),
    "LFE": (0, 0),
    **dict.fromkeys(("BL", "SL", "TFL", "TBL"), (HALF_POWER, 0)),
    **dict.fromkeys(("BR", "SR", "TFR", "TBR"), (0, HALF_POWER)),
    "FLC": (1, 0),
    "FRC": (0, 1),
}
"""The matrix of docs/sound.md: by how much the left and the right side play each channel."""

LAYOUTS = {
    "mono": None,
    "stereo": "FL+FR",
    "3.0": "FL+FR+FC",
    "quad": "FL+FR+BL+BR",
    "5.1": "FL+FR+FC+LFE+BL+BR",
    "5.1(side)": "FL+FR+FC+LFE+SL+SR",
    "6.1": "FL+FR+FC+LFE+BC+SL+SR",
    "7.1": "FL+FR+FC+LFE+BL+BR+SL+SR",
    "7.1(wide)": "FL+FR+FC+LFE+BL+BR+FLC+FRC",
    "5.1.4": "FL+FR+FC+LFE+SL+SR+TFL+TFR+TBL+TBR",
}


def matrix(layout: str) -> np.ndarray:
    names = LAYOUTS[layout]
    return np.array([(1, 1)] if names is None else [GAINS[name] for name in names.split("+")], dtype=float)


def film(ffmpeg: Ffmpeg, layout: str, samples: np.ndarray, *codec: str, name: str = "film.mkv") -> Path:
    raw = ffmpeg("none.wav", "-f", "lavfi", "-i", "anullsrc=d=0.1").with_name("raw")
    raw.write_bytes(samples.astype("<f4").tobytes())
    sound = ("-f", "f32le", "-ar", str(RATE), "-ac", str(samples.shape[1]), "-channel_layout", layout, "-i", str(raw))
    picture = ("-f", "lavfi", "-i", f"color=s=64x48:d={len(samples) / RATE}")
    return ffmpeg(name, *picture, *sound, "-c:v", "libx264", "-preset", "ultrafast", *(codec or ("-c:a", "flac")))


def samples_of(file: Path) -> np.ndarray:
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-loglevel",
        "error",
        "-i",
        str(file),
        "-map",
        "0:a",
        "-f",
        "f32le",
        "-",
    ]
    heard = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(heard, "<f4").reshape(-1, 2)


def lufs(samples: np.ndarray) -> float:
    return float(pyloudnorm.Meter(RATE).integrated_loudness(samples.astype(float)))
