"""The most memory that a job takes with a film of 1 GiB, of which the index lies at the end. At most 600 MiB.

The worker's own code runs (read, probe, encode, check, upload), with an MP4 of 360 lines and a poster; only the
document that it would report to is left out. What counts is the resident memory of the worker and its children, and
all bytes in the working folder, for `/tmp` is memory. A small server stands for Cloud Storage: the emulator holds what
it serves.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from benchmarks.media_time import unheard_run
from benchmarks.storage_stub import SERVER
from development.clip import make_clip
from stoker import config
from stoker.media.ffmpeg import ffmpeg_command
from stoker.models.video import VideoInput

MIB = 1024**2
LIMIT_BYTES = 600 * MIB
SAMPLE_SECONDS = 0.1
INPUT = {"source": "user-uploads/ada/film.mp4", "outputs": [{"kind": "mp4", "height": 360}, {"kind": "poster"}]}


def main() -> int:
    """Runs the job."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench big_input", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mebibytes", type=int, default=1024, help="the size of the film")
    parser.add_argument("--json", action="store_true", help="for machines")
    options = parser.parse_args()
    # On disk: what stands for Cloud Storage is not the worker's memory.
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        film = make_film(Path(folder), options.mebibytes * MIB)
        with subprocess.Popen([sys.executable, SERVER, film], stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            os.environ |= {"STORAGE_EMULATOR_HOST": server.stdout.readline().strip(), "GCLOUD_PROJECT": "demo-stoker"}
            try:
                return measured(film.stat().st_size, server.pid, options.json)
            finally:
                server.kill()


def make_film(folder: Path, size: int) -> Path:
    """A film of at most a size, and nearly that: a clip of many bits over and over, so that its index is at its end."""
    clip, film = folder / "clip.mp4", folder / "film.mp4"
    make_clip(clip, seconds=5, size="1920x1080")
    rich = ("-vf", "noise=alls=40:allf=t", "-c:v", "libx264", "-preset", "ultrafast", "-b:v", "60M", "-c:a", "copy")
    command = ffmpeg_command(["-i", str(clip), *rich, str(folder / "rich.mp4")])
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    loops = size // (folder / "rich.mp4").stat().st_size - 1
    command = ffmpeg_command(["-stream_loop", str(loops), "-i", str(folder / "rich.mp4"), "-c", "copy", str(film)])
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return film


def measured(size: int, server: int, as_json: bool) -> int:
    """Runs the job, and prints the most that it took."""
    from stoker.media.video import process_video

    with tempfile.TemporaryDirectory() as folder:
        run, peak, over = unheard_run(Path(folder)), Peak(Path(folder), server), threading.Event()
        watching = threading.Thread(target=peak.watch, args=(over,))
        watching.start()
        began = time.monotonic()
        try:
            output = process_video(run, VideoInput.from_firestore(INPUT))
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
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0  # it is gone just now


if __name__ == "__main__":
    assert not config.emulated()  # uploads in parts, as in production
    sys.exit(main())
