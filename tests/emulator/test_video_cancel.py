"""A video job that is cancelled at any stage leaves nothing behind."""

from pathlib import Path
from typing import Any

import pytest

from emulator.left import left_behind, working
from engine.driven import DrivenJob
from stoker import config
from stoker.jobs.attempt import run_attempt
from stoker.jobs.context import JobContext
from stoker.models.job import JobOutput, Stage
from stoker.models.video import VideoInput
from stoker.sandbox import ffmpeg
from stoker.video import worker as video
from stoker.video.worker import process_video
from stoker_tools.samples.user import SampleUser
from waiting import until

pytestmark = pytest.mark.usefixtures("undelivered", "own_tmp", "queued")

OUTPUTS = [{"kind": kind} for kind in ("poster", "preview", "sprite", "hls", "webm")]
REPORTS: dict[str, int] = {"downloading": 2, "probing": 1, "encoding": 2, "uploading": 4}
"""The report of a stage at which it is under way: children run, or objects have been uploaded."""
PROCESSES = {"encoding": 2}
"""The children of a stage, if there are more than the probe: ffmpeg."""


class Cancelling:
    """Cancels a job in the midst of a stage, and waits until the attempt has heard of it."""

    def __init__(self, job: DrivenJob, stage: str) -> None:
        self.processes = 0
        self.objects = 0
        self._job = job
        self._stage = stage
        self._left = REPORTS.get(stage, 0)

    def worker(self, context: JobContext, video_input: VideoInput) -> JobOutput:
        """Works until the stage comes."""
        report = context.report

        def counting(progress: float, now: Stage) -> None:
            report(progress, now)
            self._left -= now == self._stage
            if now == self._stage and self._left == 0:
                self.cancel(context)

        context.report = counting  # type: ignore[assignment, method-assign] # Only for this attempt.
        return process_video(context, video_input)

    def cancel(self, context: JobContext) -> None:
        # The command line of a child is empty for a moment after its start, and for longer on a busy machine.
        until(lambda: len(working()) >= PROCESSES.get(self._stage, 1))
        self.processes = len(working())
        self.objects = len(left_behind(self._job)[0])
        self._job.update({"cancelRequested": True})
        while True:
            context.check()


@pytest.mark.parametrize(
    ("stage", "remote"), [*((stage, False) for stage in REPORTS), ("probing", True), ("encoding", True)]
)
def test_nothing_stays(user: SampleUser, clip: Path, monkeypatch: pytest.MonkeyPatch, stage: str, remote: bool) -> None:
    monkeypatch.setattr(config, "MAX_FETCHED_BYTES", 1000 if remote else config.GIB)
    job = DrivenJob(user.id, input={"source": user.upload(clip, "video/mp4"), "outputs": OUTPUTS})
    cancelling = Cancelling(job, stage)
    run_attempt(job.id, cancelling.worker)
    assert job.status == "cancelled"
    assert cancelling.processes == PROCESSES.get(stage, 1)
    assert bool(cancelling.objects) == (stage == "uploading")
    assert left_behind(job) == ([], [], [])


def test_nothing_stays_of_the_second_run_of_ffmpeg(
    user: SampleUser, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sheets of a sprite are made of its pictures."""
    job = DrivenJob(user.id, input={"source": user.upload(clip, "video/mp4"), "outputs": [{"kind": "sprite"}]})
    cancelling = Cancelling(job, "")
    runs: list[Any] = []
    attempts: list[JobContext] = []
    run_ffmpeg = ffmpeg.run_ffmpeg

    def second(arguments: list[str], folder: Path, on_progress: Any, *rest: Any) -> str:
        runs.append(arguments)
        if len(runs) < 2:
            return run_ffmpeg(arguments, folder, on_progress, *rest)
        return run_ffmpeg(arguments, folder, lambda seconds: cancelling.cancel(attempts[0]), *rest)

    def worker(context: JobContext, video_input: VideoInput) -> JobOutput:
        attempts.append(context)
        return process_video(context, video_input)

    monkeypatch.setattr(video, "run_ffmpeg", second)
    run_attempt(job.id, worker)
    assert (job.status, len(runs)) == ("cancelled", 2)
    assert left_behind(job) == ([], [], [])
