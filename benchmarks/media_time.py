"""A job's media time (probe, encode, check) against the same ffmpeg command run bare. At most 1.05.

The worker's own code runs, with a film of 30 s and the default outputs, an MP4 and a poster; only the document that
it would report to is left out. `scripts/bench media_time FILE` takes your own film.
"""

import argparse
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from benchmarks.pairs import Comparison, compare
from stoker.firestore.documents import StoredDocument
from stoker.firestore.fence import Fence
from stoker.firestore.memory_documents import MemoryDocuments
from stoker.jobs.context import JobContext
from stoker.jobs.job import Job
from stoker.jobs.lease import Lease
from stoker.jobs.progress import Heartbeat
from stoker.jobs.states import JobState
from stoker.logs import JobLog
from stoker.models.job import ProcessingJob
from stoker.models.video import VideoInput
from stoker.probe.probe import Prober
from stoker.sandbox.ffmpeg import ffmpeg_command
from stoker.storage.outputs import AttemptOutputs
from stoker.video.encode.plan import plan
from stoker.video.source.fetching import open_film
from stoker.video.source.film import Film
from stoker.video.worker import make_outputs
from stoker_tools.samples.clip import make_clip

LIMIT = 1.05
INPUT = {"source": "user-uploads/ada/film.mp4"}


class Unheard:
    """A context that ignores reports."""

    def report(self, progress: float, stage: str) -> None:
        """Takes one."""

    def check(self) -> None:
        """Never stops the work."""


def main() -> int:
    """Runs the comparison."""
    parser = argparse.ArgumentParser(prog="scripts/bench media_time", description=__doc__)
    parser.add_argument(
        "file", nargs="?", type=Path, help="a film; one of 30 s, 854 x 480, is made where it is left out"
    )
    parser.add_argument("--rounds", type=int, default=9, help="pairs that count")
    parser.add_argument("--json", action="store_true", help="for machines")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder)
        source = workspace / "source"
        if options.file:
            source.write_bytes(options.file.read_bytes())
        else:
            make_clip(workspace / "made.mp4", seconds=30, size="854x480")
            (workspace / "made.mp4").rename(source)
        return _compare(workspace, source, options.rounds).show(options.json)


def unheard_run(workspace: Path) -> JobContext:
    """An attempt at a job that reports to nobody."""
    document = ProcessingJob(
        id="j",
        user_id="ada",
        type="video-processing",
        input=INPUT,
        status="processing",
        created_at=datetime.now(UTC),
    )
    job = Job(document, VideoInput.from_firestore(INPUT))
    found = StoredDocument("processingJobs/j", document.to_firestore(), document.created_at)
    documents = MemoryDocuments(lambda: document.created_at)
    lease = Lease(Fence(documents, found), job, JobState.of("j", found.data), limited=False)
    return JobContext(lease, AttemptOutputs("ada", "j", "1"), cast(Heartbeat, Unheard()), workspace, JobLog("j"))


def _compare(workspace: Path, source: Path, rounds: int) -> Comparison:
    video_input = VideoInput.from_firestore(INPUT)
    run = unheard_run(workspace)
    with Prober() as prober:
        info = prober.probe(source)
        [arguments] = plan(source.name, Film(info), video_input.outputs).runs
        command = ffmpeg_command(arguments)

        def ours() -> None:
            film = open_film(video_input, workspace, prober)
            make_outputs(run, prober, film, video_input.source, video_input.outputs)

        return compare(
            "job: probe, encode, check",
            ours,
            "the same ffmpeg command, bare",
            lambda: subprocess.run(command, cwd=workspace, stdout=subprocess.DEVNULL, check=True),
            rounds,
            LIMIT,
        )


if __name__ == "__main__":
    sys.exit(main())
