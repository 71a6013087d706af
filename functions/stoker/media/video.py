"""The worker of `video-processing` jobs."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from stoker import config
from stoker.errors import EncoderFailed, InputTooLarge, TruncatedMedia, UnsupportedMedia
from stoker.jobs.run import JobRun
from stoker.media.ffmpeg import FfmpegFailed, run_ffmpeg, unsupported
from stoker.media.film import Film
from stoker.media.formats import CONTAINERS
from stoker.media.outputs import OF_SOUND
from stoker.media.outputs.finish import Bench, Finish, MadeFile, MadeOutput
from stoker.media.plan import plan
from stoker.media.probe import MediaInfo, NotReadable, Prober
from stoker.models.document import Model
from stoker.models.job import JobOutput, OutputFile, StoredFile
from stoker.models.video import VideoInput
from stoker.storage.outputs import EarlierOutput
from stoker.storage.sources import download

DOWNLOADED, PROBED, ENCODED = 4.0, 5.0, 92.0
"""Percent of the job at the end of each stage, from the times of a 30 s film with an MP4 and a poster."""

MISSING_SECONDS = 0.5
MISSING_SHARE = 0.01
"""A film that comes out shorter than it said by more than both has lost its end. Containers round, so not 0."""

RECIPES = 2
"""Counts up where the same order would make another file: then no later attempt takes what an earlier one made."""

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
        generation = download(
            video_input.source,
            run.user_id,
            source,
            lambda arrived, size: run.report(DOWNLOADED * arrived / size, "downloading"),
        )
        recipes = [_recipe(video_input.source, generation, output) for output in video_input.outputs]
        there = run.earlier_outputs()
        missing = {
            recipe: output for recipe, output in zip(recipes, video_input.outputs, strict=True) if recipe not in there
        }
        files = {recipe: _reused(earlier) for recipe, earlier in there.items() if recipe in recipes}
        if missing:
            wanted = video_input.model_copy(update={"outputs": list(missing.values())})
            made = make_outputs(run, prober, source, wanted)
            files |= _upload(run, dict(zip(missing, made, strict=True)))
        return JobOutput(files=[files[recipe] for recipe in dict.fromkeys(recipes)])


def make_outputs(run: JobRun, prober: Prober, source: Path, video_input: VideoInput) -> list[MadeOutput]:
    """All between the download and the upload: the media time of a job.

    Args:
        run: The attempt; the files are made in its workspace.
        prober: Opens the source and the outputs.
        source: The source, in the workspace.
        video_input: What to make of it.

    Returns:
        What was asked for, in that order.
    """
    name = video_input.source
    run.report(DOWNLOADED, "probing")
    film = Film(_probe(prober, source, name))
    _check_holds(film, video_input)
    run.report(PROBED, "encoding")
    planned = plan(source.name, film, video_input.outputs)
    complaint = ""
    for number, arguments in enumerate(planned.runs):
        complaint += _encode(run, arguments, film, name, number, len(planned.runs))
    bench = Bench(run.workspace, prober, lambda arguments: _run(run, arguments, name, lambda seconds: run.check()))
    made = []
    for finish in planned.finishes:
        run.check()
        made.append(_finished(run, finish, bench, name, complaint))
    _check_whole(prober, source, film.info, made, name, complaint)
    return made


def _probe(prober: Prober, source: Path, name: str) -> MediaInfo:
    try:
        info = prober.probe(source, CONTAINERS)
    except NotReadable as reason:
        raise unsupported(name, str(reason)) from None
    if (info.duration_seconds or 0) > config.MAX_SOURCE_SECONDS:
        raise _too_long(name)
    if info.video and info.video.width * info.video.height > config.MAX_SOURCE_PIXELS:
        raise InputTooLarge(f"The picture of {name!r} is larger than 7680 x 4320. Upload a smaller one.")
    if info.streams > config.MAX_SOURCE_STREAMS:
        raise InputTooLarge(f"The file {name!r} has {info.streams} streams; {config.MAX_SOURCE_STREAMS} are allowed.")
    return info


def _check_holds(film: Film, video_input: VideoInput) -> None:
    kinds = {output.kind for output in video_input.outputs}
    if film.video is None and kinds - OF_SOUND:
        raise unsupported(video_input.source, "it holds no picture")
    if film.audio is None and kinds & OF_SOUND:
        raise UnsupportedMedia(
            f"The file {video_input.source!r} holds no sound. Ask for outputs of the picture, or upload one that does."
        )


def _encode(run: JobRun, arguments: list[str], film: Film, name: str, number: int, runs: int) -> str:
    def told(seconds: float) -> None:
        share = min(seconds / film.seconds, 1) if film.seconds else 0
        run.report(PROBED + (ENCODED - PROBED) * (number + share) / runs, "encoding")

    return _run(run, arguments, name, told)


def _run(run: JobRun, arguments: list[str], name: str, told: Callable[[float], None]) -> str:
    try:
        return run_ffmpeg(arguments, run.workspace, told)
    except FfmpegFailed as failure:
        run.log.warning("ffmpeg failed.", status=failure.status, complaint=failure.complaint)
        if failure.killed:
            raise EncoderFailed(f"The encoder was stopped while it worked on {name!r}.") from failure
        if failure.too_much:
            raise InputTooLarge(
                f"The file {name!r} needs more memory than a worker has. Ask for fewer or smaller outputs."
            ) from failure
        raise unsupported(name, failure.complaint) from failure


def _finished(run: JobRun, finish: Finish, bench: Bench, name: str, complaint: str) -> MadeOutput:
    try:
        made = finish(bench)
    except NotReadable as reason:
        run.log.warning("An output can't be read.", reason=str(reason), complaint=complaint)
        raise unsupported(name, complaint) from None
    if (made.duration_seconds or 0) > config.MAX_SOURCE_SECONDS - 1:
        raise _too_long(name)
    return made


def _check_whole(
    prober: Prober, source: Path, info: MediaInfo, made: list[MadeOutput], name: str, complaint: str
) -> None:
    """Compares what came out with what the source said that it holds.

    Raises:
        TruncatedMedia: The source ends before its own end.
    """
    # "partial file" is what ffmpeg's MOV demuxer says where a sample lies beyond the end of the file.
    cut_short = "partial file" in complaint
    for output in made:
        streams = [info.video if "video" in output.of else None, info.audio if "audio" in output.of else None]
        told = [stream.duration_seconds for stream in streams if stream is not None]
        found = output.duration_seconds or 0
        if None in told:  # Only the container tells, and that may mean a stream which is left out, such as captions.
            cut_short |= _misses(info.duration_seconds or 0, found) and _misses(
                info.duration_seconds or 0, prober.probe(source, measure=True).duration_seconds or 0
            )
        else:
            cut_short |= _misses(max((seconds or 0 for seconds in told), default=0), found)
    if cut_short:
        raise TruncatedMedia(f"The file {name!r} is cut off before its end. Upload it again, whole.")


def _misses(declared: float, found: float) -> bool:
    return declared - found > max(MISSING_SECONDS, MISSING_SHARE * declared)


def _too_long(name: str) -> InputTooLarge:
    hours = config.MAX_SOURCE_SECONDS // 3600
    return InputTooLarge(f"The file {name!r} plays longer than {hours} hours. Cut it into shorter parts.")


def _recipe(source: str, generation: int, output: Model) -> str:
    """Names what a file is made of, and how."""
    order = [RECIPES, source, generation, output.to_firestore()]
    return hashlib.sha256(json.dumps(order, sort_keys=True).encode()).hexdigest()


def _reused(earlier: EarlierOutput) -> OutputFile:
    found = {**earlier.facts, "path": earlier.path, "bytes": earlier.bytes, "sha256": earlier.sha256}
    return OutputFile.model_validate({**found, "parts": list(earlier.parts) or None})


def _upload(run: JobRun, made: dict[str, MadeOutput]) -> dict[str, OutputFile]:
    """Uploads outputs, by recipe. An output's own file comes after its parts: where it is there, so are they."""
    total = sum(_bytes(run, file) for output in made.values() for file in (output.file, *output.parts))
    sent, files = 0, {}
    for recipe, output in made.items():
        parts = []
        for part in output.parts:
            run.report(ENCODED + (100 - ENCODED) * sent / total, "uploading")
            path, sha256 = run.outputs.upload(run.workspace / part.name, part.content_type, run.check)
            size = _bytes(run, part)
            parts.append(StoredFile(path=path, content_type=part.content_type, bytes=size, sha256=sha256))
            sent += size
        facts = {
            "kind": output.kind,
            "content_type": output.file.content_type,
            "width": output.width,
            "height": output.height,
            "duration_seconds": None if output.duration_seconds is None else round(output.duration_seconds, 3),
        }
        run.report(ENCODED + (100 - ENCODED) * sent / total, "uploading")
        names = [part.name for part in output.parts]
        path, sha256 = run.outputs.upload(
            run.workspace / output.file.name, output.file.content_type, run.check, recipe, facts, names
        )
        size = _bytes(run, output.file)
        found = {**facts, "path": path, "bytes": size, "sha256": sha256, "parts": parts or None}
        files[recipe] = OutputFile.model_validate(found)
        sent += size
    return files


def _bytes(run: JobRun, file: MadeFile) -> int:
    return (run.workspace / file.name).stat().st_size
