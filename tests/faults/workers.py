"""Workers that cost little, for tests of many jobs. They run in the processes of the faulty suite's functions."""

import time
from pathlib import PurePosixPath

from faults.folder import note
from stoker import config
from stoker.errors import Unavailable
from stoker.jobs.attempt import Worker
from stoker.jobs.children import Children
from stoker.jobs.context import JobContext
from stoker.models.batch import BatchInput, UpdateTasks
from stoker.models.job import BatchOutput, JobOutput, OutputFile
from stoker.models.video import VideoInput
from stoker.storage.sources import download

COPIES = ("one.txt", "two.txt")
"""The files that `copy` makes of its source."""


def chosen(name: str | None, deployed: Worker[VideoInput]) -> Worker[VideoInput]:
    """Return the worker of a name, or the deployed worker if there is no name. It notes each run."""
    worker = {"copy": copy, "nothing": nothing, "poison": poison}[name] if name else deployed

    def noting(context: JobContext, job_input: VideoInput) -> JobOutput | Children:
        note("run", jobId=context.id)
        return worker(context, job_input)

    return noting


def copy(context: JobContext, job_input: VideoInput) -> JobOutput:
    """Uploads its source, twice."""
    source = context.workspace / "source"
    context.report(0, "downloading")

    def report_download(arrived: int, size: int) -> None:
        context.report(30 * arrived / size, "encoding")

    download(job_input.source, context.user_id, source, report_download, config.MAX_SOURCE_BYTES)
    files = []
    for number, name in enumerate(COPIES):
        context.report(40 + 30 * number, "uploading")
        file = source.with_name(name)
        file.write_bytes(source.read_bytes())
        path, sha256 = context.outputs.upload(file, "text/plain", context.check)
        size = file.stat().st_size
        files.append(OutputFile(kind="copy", path=path, content_type="text/plain", bytes=size, sha256=sha256))
    return JobOutput(files=files)


def nothing(context: JobContext, job_input: VideoInput) -> JobOutput:
    """Makes nothing."""
    return JobOutput(files=[])


def poison(context: JobContext, job_input: VideoInput) -> JobOutput:
    """Fails, each time."""
    raise Unavailable("The test wants this job to fail.")


SLEEP = "seconds"
"""The end of the name of a source, or of a category, that asks for sleep: `public/60-seconds` and `60-seconds`."""

PAGE_SECONDS = 5.0
"""The time between two checkpoints of a batch that sleeps."""


def sleep(context: JobContext, job_input: VideoInput) -> JobOutput:
    """Sleeps, in place of the video worker. Unlike an encoder, it leaves the processor to others."""
    context.report(0, "encoding")
    _sleep(context, _seconds(PurePosixPath(job_input.source).name))
    return JobOutput(files=[])


def sleeping(deployed: Worker[BatchInput]) -> Worker[BatchInput]:
    """The deployed worker of batches, which sleeps if a batch updates the tasks of a category that asks for sleep."""

    def works(context: JobContext, batch_input: BatchInput) -> JobOutput | Children:
        match batch_input:
            case UpdateTasks() if (batch_input.where.category or "").endswith(SLEEP):
                return _sleep_in_pages(context, _seconds(batch_input.where.category or ""))
        return deployed(context, batch_input)

    return works


def _sleep_in_pages(context: JobContext, seconds: float) -> BatchOutput:
    done = float(context.checkpoint.get("slept", 0.0))
    while done < seconds:
        context.report(100 * done / seconds, "updating")
        page = min(PAGE_SECONDS, seconds - done)
        _sleep(context, page)
        done += page
        context.save({"slept": done})
    return BatchOutput(total=1, succeeded=1, failed=0)


def _seconds(name: str) -> float:
    return float(name.partition("-")[0])


def _sleep(context: JobContext, seconds: float) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, 0.5))
        context.check()
