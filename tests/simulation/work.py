"""The workers of the simulation: they report, upload, save checkpoints, fail, and make children, as a seed decides."""

import zlib

from google.api_core import exceptions
from google.cloud.firestore import Increment

from simulation.scheduler import Scheduler
from simulation.store import SimulatedStore
from stoker.errors import EncoderFailed, UnsupportedMedia
from stoker.firestore.writes import Merge
from stoker.jobs.children import ChildJob, Children
from stoker.jobs.context import JobContext
from stoker.models.batch import RunJobs
from stoker.models.document import Model
from stoker.models.job import JobOutput, OutputFile, Stage
from stoker.models.speech import AudioInput
from stoker.models.video import VideoInput

EFFECTS = "simulatedEffects"
"""The collection that counts the effect of each step of a job."""

CHECK_SECONDS = 8.0
"""A worker asks so often whether it must stop: sooner than the platform's time after a SIGTERM ends."""


STAGES: dict[type[Model], tuple[Stage, ...]] = {
    AudioInput: ("synthesizing", "mastering"),
    VideoInput: ("probing", "encoding"),
}


def steps_of(job_id: str) -> int:
    """Return the number of a job's steps, the same in every attempt."""
    return 1 + zlib.crc32(job_id.encode()) % 3


def saves_checkpoints(job_id: str) -> bool:
    """Return whether the job has effects, and checkpoints beside them."""
    return zlib.crc32(job_id.encode()) % 2 == 0


def asks_for_hook(job_id: str) -> bool:
    """Return whether the job asks for its end hook with each checkpoint."""
    return zlib.crc32(job_id.encode()) % 4 == 0


class SimulatedWorker:
    """Does the work of every type of job.

    Args:
        scheduler: Draws the numbers.
        store: Takes the uploads.
    """

    def __init__(self, scheduler: Scheduler, store: SimulatedStore) -> None:
        self._random = scheduler.random
        self._store = store
        self._clumsiness = self._random.choice((0.03, 0.05, 0.3))

    def __call__(self, context: JobContext, job_input: Model) -> JobOutput | Children:
        """Do the work of one attempt."""
        random, host = self._random, self._store.host
        if isinstance(job_input, RunJobs):
            host.sleep(random.random())
            return Children([ChildJob(job.type, job.input) for job in job_input.jobs])
        steps, effects = steps_of(context.id), saves_checkpoints(context.id)
        is_long = random.random() < 0.015
        files = []
        for step in range(int(context.checkpoint.get("step", 0)), steps):
            # A careless worker: the engine must keep the progress from falling.
            context.report(
                max(0.0, 100 * step / steps - random.choice((0, 0, 60))), random.choice(STAGES[type(job_input)])
            )
            self._work(context, 1800.0 if is_long else random.choice((0.2, 3.0, 30.0, 60.0)) * random.random())
            if effects:
                effect = Merge(f"{EFFECTS}/{context.id}", {"steps": Increment(1)})
                context.save({"step": step + 1}, [effect], end_hook=asks_for_hook(context.id))
                context.report(100 * (step + 1) / steps, "uploading")
            else:
                files.append(self._upload(context, f"{step}.mp4"))
            self.fail()
        return JobOutput(files=files)

    def _work(self, context: JobContext, seconds: float) -> None:
        while seconds > 0:
            context.check()
            self._store.host.sleep(min(seconds, CHECK_SECONDS))
            seconds -= CHECK_SECONDS
        context.check()

    def _upload(self, context: JobContext, name: str) -> OutputFile:
        path = f"{context.outputs.folder}/{name}"
        self._store.upload(path)
        return OutputFile(path=path, content_type="video/mp4", bytes=1, sha256="0", kind="video")

    def fail(self) -> None:
        drawn = self._random.random()
        if drawn < 0.03:
            raise UnsupportedMedia("The simulation can't read it.")
        if drawn < 0.05 + self._clumsiness:
            raise EncoderFailed("The simulation's encoder stopped.")
        if drawn < 0.07 + self._clumsiness:
            raise RuntimeError("simulated bug of a worker")
        if drawn < 0.08 + self._clumsiness:
            raise exceptions.ServiceUnavailable("simulated")
