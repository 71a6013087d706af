"""The worker of `video-processing` jobs."""

from pathlib import Path

from stoker import config
from stoker.errors import EncoderFailed, InputTooLarge, TruncatedMedia
from stoker.jobs.run import JobRun
from stoker.media.ffmpeg import FfmpegFailed, run_ffmpeg, unsupported
from stoker.media.formats import CONTAINERS, PICTURES
from stoker.media.plan import Plan, PlannedFile, plan
from stoker.media.probe import MediaInfo, NotReadable, Prober, VideoStream
from stoker.models.job import JobOutput, OutputFile
from stoker.models.video import VideoInput
from stoker.storage.sources import download

DOWNLOADED, PROBED, ENCODED = 4.0, 5.0, 92.0
"""Percent of the job at the end of each stage, from the times of a 30 s film with an MP4 and a poster."""

MISSING_SECONDS = 0.5
MISSING_SHARE = 0.01
"""A film that comes out shorter than it said by more than both has lost its end. Containers round, so not 0."""

SOURCE = "source"
"""The source's name in the workspace: the user's name for it never reaches a command."""


def process_video(run: JobRun, video_input: VideoInput) -> JobOutput:
    """Makes the outputs of a video job.

    Args:
        run: The attempt.
        video_input: What to make of which file.

    Raises:
        PermanentError: The source is missing, not the owner's, empty, too large, truncated or not a video.
        TransientError: The encoder was killed or got stuck.
    """
    run.report(0, "downloading")
    with Prober() as prober:
        source = run.workspace / SOURCE
        download(
            video_input.source,
            run.user_id,
            source,
            lambda arrived, size: run.report(DOWNLOADED * arrived / size, "downloading"),
        )
        return _upload(run, make_outputs(run, prober, source, video_input))


def make_outputs(
    run: JobRun, prober: Prober, source: Path, video_input: VideoInput
) -> list[tuple[PlannedFile, MediaInfo]]:
    """All between the download and the upload: the media time of a job.

    Args:
        run: The attempt; the files are made in its workspace.
        prober: Opens the source and the outputs.
        source: The source, in the workspace.
        video_input: What to make of it.

    Returns:
        Each file that was asked for, with what it was found to hold.
    """
    run.report(DOWNLOADED, "probing")
    info, video = _probe(prober, source, video_input.source)
    run.report(PROBED, "encoding")
    planned = plan(source.name, info, video, video_input.outputs)
    complaint = _encode(run, planned, info, video_input.source)
    return _checked(run, prober, planned, info, complaint, video_input.source)


def _probe(prober: Prober, source: Path, name: str) -> tuple[MediaInfo, VideoStream]:
    try:
        info = prober.probe(source, CONTAINERS)
    except NotReadable as reason:
        raise unsupported(name, str(reason)) from None
    if info.video is None:
        raise unsupported(name, "it holds no picture")
    hours = config.MAX_SOURCE_SECONDS // 3600
    if (info.duration_seconds or 0) > config.MAX_SOURCE_SECONDS:
        raise InputTooLarge(f"The file {name!r} plays longer than {hours} hours. Cut it into shorter parts.")
    if info.video.width * info.video.height > config.MAX_SOURCE_PIXELS:
        raise InputTooLarge(f"The picture of {name!r} is larger than 7680 x 4320. Upload a smaller one.")
    if info.streams > config.MAX_SOURCE_STREAMS:
        raise InputTooLarge(f"The file {name!r} has {info.streams} streams; {config.MAX_SOURCE_STREAMS} are allowed.")
    return info, info.video


def _encode(run: JobRun, planned: Plan, info: MediaInfo, name: str) -> str:
    def told(seconds: float) -> None:
        share = min(seconds / info.duration_seconds, 1) if info.duration_seconds else 0
        run.report(PROBED + (ENCODED - PROBED) * share, "encoding")

    try:
        return run_ffmpeg(planned.arguments, run.workspace, told)
    except FfmpegFailed as failure:
        run.log.warning("ffmpeg failed.", status=failure.status, complaint=failure.complaint)
        if failure.own_fault:
            raise EncoderFailed(f"The encoder was stopped while it worked on {name!r}.") from failure
        raise unsupported(name, failure.complaint) from failure


def _checked(
    run: JobRun, prober: Prober, planned: Plan, info: MediaInfo, complaint: str, name: str
) -> list[tuple[PlannedFile, MediaInfo]]:
    checked = []
    for file in planned.files:
        try:
            made = prober.probe(run.workspace / file.name, CONTAINERS if file.plays else PICTURES)
        except NotReadable as reason:
            run.log.warning("An output can't be read.", file=file.name, reason=str(reason), complaint=complaint)
            raise unsupported(name, complaint) from None
        checked.append((file, made))
    ends = [made.duration_seconds or 0 for file, made in checked if file.plays]
    # "partial file" is what ffmpeg's MOV demuxer says where a sample lies beyond the end of the file.
    cut_short = info.duration_seconds is not None and any(
        info.duration_seconds - end > max(MISSING_SECONDS, MISSING_SHARE * info.duration_seconds) for end in ends
    )
    if cut_short or "partial file" in complaint:
        raise TruncatedMedia(f"The file {name!r} is cut off before its end. Upload it again, whole.")
    return checked


def _upload(run: JobRun, made: list[tuple[PlannedFile, MediaInfo]]) -> JobOutput:
    files = []
    for number, (file, info) in enumerate(made):
        run.report(ENCODED + (100 - ENCODED) * number / len(made), "uploading")
        path = run.workspace / file.name
        size = path.stat().st_size
        name, sha256 = run.outputs.upload(path, file.content_type)
        files.append(
            OutputFile(
                kind=file.kind,
                path=name,
                content_type=file.content_type,
                bytes=size,
                sha256=sha256,
                width=info.video.width if info.video else None,
                height=info.video.height if info.video else None,
                duration_seconds=round(info.duration_seconds or 0, 3) if file.plays else None,
            )
        )
    return JobOutput(files=files)
