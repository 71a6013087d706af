"""Workers that cost little, for tests of many jobs. They run in the processes of the faulty suite's functions."""

from faults.injection import note
from stoker import config
from stoker.errors import Unavailable
from stoker.jobs.attempt import Worker
from stoker.jobs.children import Children
from stoker.jobs.context import JobContext
from stoker.models.job import JobOutput, OutputFile
from stoker.models.video import VideoInput
from stoker.storage.sources import download

COPIES = ("one.txt", "two.txt")
"""What `copy` makes of its source."""


def chosen(name: str | None, deployed: Worker[VideoInput]) -> Worker[VideoInput]:
    """The worker of a name, the deployed one where there is none; it notes each run."""
    worker = {"copy": copy, "nothing": nothing, "poison": poison}[name] if name else deployed

    def noting(context: JobContext, job_input: VideoInput) -> JobOutput | Children:
        note("run", jobId=context.id)
        return worker(context, job_input)

    return noting


def copy(context: JobContext, job_input: VideoInput) -> JobOutput:
    """Uploads its source, twice."""
    source = context.workspace / "source"
    context.report(0, "downloading")

    def told(arrived: int, size: int) -> None:
        context.report(30 * arrived / size, "encoding")

    download(job_input.source, context.user_id, source, told, config.MAX_SOURCE_BYTES)
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
    raise Unavailable("The test wants this job to fail. It is tried again by itself.")
