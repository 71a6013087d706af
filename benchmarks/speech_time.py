"""10,000 characters of speech, captions included, against the same voice and ffmpeg's own loudnorm, bare. At most 1.

The worker's own code runs; only the document that it would report to and the upload are left out. The peer is what one
would do by hand: eSpeak NG speaks the text as a whole, ffmpeg's `loudnorm` measures it and brings it to -16 LUFS in a
second run, as an MP3. It makes no captions, and does not measure what came out. Whatever the ratio, more than 10 s are
too many.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import cast

import imageio_ffmpeg

from benchmarks.pairs import compare
from stoker.jobs.context import JobContext
from stoker.logs import JobLog
from stoker.models.speech import AudioInput
from stoker.speech.engines.espeak import Espeak
from stoker.speech.worker import make_speech
from stoker_tools.setup import environment

LIMIT = 1.0
MOST_SECONDS = 10.0
CHARACTERS = 10_000
LOUDNORM = "loudnorm=I=-16:TP=-1:LRA=11:dual_mono=true"


class Unheard:
    """A run whose reports nobody reads."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self.log = JobLog("j")

    def report(self, progress: float, stage: str) -> None:
        """Takes one."""

    def check(self) -> None:
        """Never stops the work."""


def main() -> int:
    """Runs the comparison."""
    parser = argparse.ArgumentParser(prog="scripts/bench speech_time", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="pairs that count")
    parser.add_argument("--json", action="store_true", help="for machines")
    options = parser.parse_args()
    text = (environment.ROOT / "LICENSE").read_text()[:CHARACTERS]
    with tempfile.TemporaryDirectory() as folder:
        comparison = compare(
            "10,000 characters, with captions",
            lambda: ours(Path(folder), text),
            "eSpeak NG and loudnorm, bare",
            lambda: bare(Path(folder), text),
            options.rounds,
            LIMIT,
        )
    return comparison.show(options.json) or int(comparison.seconds > MOST_SECONDS)


def ours(workspace: Path, text: str) -> None:
    """Do the work of a job."""
    run = cast(JobContext, Unheard(workspace))
    with Espeak(workspace, run.check) as espeak:
        make_speech(run, espeak, AudioInput(text=text))


def bare(folder: Path, text: str) -> None:
    """Do the same work by hand, with the programs alone."""
    sound = folder / "bare.wav"
    subprocess.run([sys.executable, "-m", "stoker_tools.samples.speech", str(sound), text], check=True)
    ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-nostats", "-y", "-i", str(sound)]
    measured = subprocess.run(
        [*ffmpeg, "-af", f"{LOUDNORM}:print_format=json", "-f", "null", "-"], capture_output=True, text=True, check=True
    )
    found = json.loads(re.findall(r"\{[^{}]*\}", measured.stderr)[-1])
    values = ":".join(
        f"measured_{name}={found[f'input_{key}']}"
        for name, key in (("I", "i"), ("TP", "tp"), ("LRA", "lra"), ("thresh", "thresh"))
    )
    encode = ["-ar", "22050", "-c:a", "libmp3lame", "-b:a", "64k", str(folder / "bare.mp3")]
    subprocess.run([*ffmpeg, "-af", f"{LOUDNORM}:{values}", *encode], capture_output=True, check=True)


if __name__ == "__main__":
    sys.exit(main())
