"""The most memory that a job takes with a film of 1 GiB, of which the index lies at the end. At most 600 MiB.

A rich film becomes an MP4 of 360 lines and a poster; with `--long`, one of some 40 minutes becomes an MP4 that is as
large as itself, and its sound as WAV. The worker's own code runs (read, probe, encode, check, upload); only
the document that it would report to is left out. What counts is the resident memory of the worker and its children, and
what the working folder takes, for `/tmp` is memory. A small server stands for Cloud Storage: the emulator holds what it
serves.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from benchmarks.media_time import unheard_run
from benchmarks.storage_stub import SERVER
from stoker import config
from stoker.models.video import VideoInput
from stoker.sandbox.ffmpeg import ffmpeg_command
from stoker_tools.samples.clip import make_clip

MIB = 1024**2
LIMIT_BYTES = 600 * MIB
SAMPLE_SECONDS = 0.1
SOURCE = "user-uploads/ada/film.mp4"
RICH = ({"kind": "mp4", "height": 360}, {"kind": "poster"})
LONG = ({"kind": "mp4", "height": 720}, {"kind": "audio", "format": "wav"})


def main() -> int:
    """Runs the job."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench big_input", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mebibytes", type=int, default=1024, help="the size of the film")
    parser.add_argument("--long", action="store_true", help="a film of many minutes, that fits as it is")
    parser.add_argument("--json", action="store_true", help="for machines")
    options = parser.parse_args()
    # On disk: what stands for Cloud Storage is not the worker's memory.
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        film = make_film(Path(folder), options.mebibytes * MIB, options.long)
        with subprocess.Popen([sys.executable, SERVER, folder], stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            os.environ |= {"STORAGE_EMULATOR_HOST": server.stdout.readline().strip(), "GCLOUD_PROJECT": "demo-stoker"}
            try:
                return measured(film, LONG if options.long else RICH, server.pid, options.json)
            finally:
                server.kill()


def make_film(folder: Path, size: int, long: bool) -> Path:
    """A film of at most a size, and nearly that: a clip over and over, so that its index is at its end. The clip is of
    many bits, or of as many as may be copied."""
    clip, once, film = folder / "clip.mp4", folder / "once.mp4", folder / "film"
    make_clip(clip, seconds=5, size="1280x720" if long else "1920x1080")
    rate = ("-b:v", "3.5M", "-maxrate", "3.5M", "-bufsize", "3.5M") if long else ("-b:v", "60M")
    rich = ("-vf", "noise=alls=40:allf=t", "-c:v", "libx264", "-preset", "ultrafast", *rate, "-c:a", "copy")
    subprocess.run(
        ffmpeg_command(["-i", str(clip), *rich, "-pix_fmt", "yuv420p", str(once)]),
        stdout=subprocess.DEVNULL,
        check=True,
    )
    loops = size // once.stat().st_size - 1
    command = ffmpeg_command(["-stream_loop", str(loops), "-i", str(once), "-c", "copy", "-f", "mp4", str(film)])
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return film


def measured(film: Path, outputs: Sequence[Mapping[str, object]], server: int, as_json: bool) -> int:
    """Runs the job, and prints the most that it took."""
    from stoker.video.worker import process_video

    size = film.stat().st_size
    with tempfile.TemporaryDirectory() as folder:
        run, peak, over = unheard_run(Path(folder)), Peak(Path(folder), server), threading.Event()
        watching = threading.Thread(target=peak.watch, args=(over,))
        watching.start()
        began = time.monotonic()
        try:
            output = process_video(run, VideoInput.from_firestore({"source": SOURCE, "outputs": list(outputs)}))
        finally:
            over.set()
            watching.join()
        seconds = time.monotonic() - began
    found = {
        "source": size,
        "peak": peak.both,
        "resident": peak.resident,
        "workspace": peak.workspace,
        "outputs": sum(file.bytes for file in output.files),
        "limit": LIMIT_BYTES,
        "seconds": round(seconds, 1),
    }
    if as_json:
        print(json.dumps(found, indent=2))
    else:
        for name in ("source", "peak", "resident", "workspace", "outputs", "limit"):
            print(f"{name:12} {found[name] / MIB:8.1f} MiB")
        print(f"{'job':12} {seconds:8.1f} s")
    return int(peak.both > LIMIT_BYTES)


class Peak:
    """The most memory that was seen.

    Attributes:
        resident: Of this process and its children, in bytes.
        workspace: Of the files in the working folder, in bytes.
        both: Of both at a time.
    """

    def __init__(self, folder: Path, server: int) -> None:
        self.resident = self.workspace = self.both = 0
        self._folder = folder
        self._server = server

    def watch(self, over: threading.Event) -> None:
        """Looks until it is over."""
        while not over.wait(SAMPLE_SECONDS):
            resident, workspace = self._resident(), sum(map(_bytes, self._folder.rglob("*")))
            self.resident, self.workspace = max(self.resident, resident), max(self.workspace, workspace)
            self.both = max(self.both, resident + workspace)

    def _resident(self) -> int:
        worker = psutil.Process()
        children = [child for child in worker.children(recursive=True) if child.pid != self._server]
        return sum(map(_resident_bytes, [worker, *children]))


def _resident_bytes(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0  # it has ended just now


def _bytes(file: Path) -> int:
    """Return the bytes that a file takes on disk. A hole takes none."""
    try:
        return file.stat().st_blocks * 512
    except FileNotFoundError:
        return 0  # it is gone just now


if __name__ == "__main__":
    assert not config.emulated()  # uploads in parts, as in production
    sys.exit(main())
