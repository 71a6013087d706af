"""The worker of `video-processing` jobs."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from stoker import config
from stoker.errors import EncoderFailed, InputTooLarge, TruncatedMedia, UnsupportedMedia
from stoker.jobs.context import JobContext
from stoker.models.document import Model
from stoker.models.job import JobOutput, OutputFile, StoredFile
from stoker.models.video import VideoInput, VideoOutput
from stoker.models.warnings import MAX_WARNINGS
from stoker.probe.probe import NotReadable, Prober
from stoker.probe.ranged_source import Remote
from stoker.probe.refusals import unsupported
from stoker.sandbox.ffmpeg import FfmpegFailed, run_ffmpeg
from stoker.storage.outputs import EarlierOutput
from stoker.video.encode.plan import plan
from stoker.video.encode.streaming_upload import StreamingUpload
from stoker.video.encode.weights import encoded_percent
from stoker.video.outputs import of_sound
from stoker.video.outputs.captions import CaptionsOutput
from stoker.video.outputs.finish import Finish, FinishContext, MadeFile, MadeOutput
from stoker.video.picture.picture import MAX_FRAMES_PER_SECOND
from stoker.video.sound.levels import with_levels
from stoker.video.sound.loudness import read_loudness
from stoker.video.source.decoded import with_decoded
from stoker.video.source.description import describe
from stoker.video.source.fetching import SOURCE, fetch, open_film, too_long
from stoker.video.source.film import Film
from stoker.video.source.whole import is_cut_off

DOWNLOADED, PROBED = 4.0, 5.0
"""Percent of the job at the end of its first two stages, measured with a film of 30 s, an MP4 and a poster."""

PREPARED = 12.0
"""Percent of the job when its sounds are prepared. They are if their format changes, or if a loudness is wanted."""

GAP = "Failed to compensate for timestamp delta"
"""The message of ffmpeg's resampler if a gap in the sound needs more than its largest buffer of silence, 1 GiB."""

RECIPES = 4
"""The version of the recipes. Increase it when the same input makes another file, so that a later attempt does not
reuse the file of an earlier attempt."""

Output = VideoOutput | CaptionsOutput


def process_video(context: JobContext, video_input: VideoInput) -> JobOutput:
    """Make the outputs of a video job.

    Args:
        context: The context of the attempt.
        video_input: The input of the job.

    Raises:
        PermanentError: The source is missing, not the owner's, empty, too large, truncated or not a video.
        TransientError: The encoder was killed or got stuck.
    """
    context.report(0, "downloading")
    with Prober() as prober:
        fetched = fetch(
            video_input,
            context.user_id,
            context.workspace,
            lambda share: context.report(DOWNLOADED * share, "downloading"),
        )
        context.report(DOWNLOADED, "probing")
        remote = Remote(fetched.remote, context.check) if fetched.remote else None
        film = open_film(video_input, context.workspace, prober, remote)
        wanted = {_recipe(video_input, fetched.generations, output): output for output in wanted_outputs(video_input)}
        there = context.earlier_outputs()
        missing = {recipe: output for recipe, output in wanted.items() if recipe not in there}
        files = {recipe: _reused(there[recipe]) for recipe in wanted if recipe in there}
        outputs = list(missing.values())
        streaming = StreamingUpload(context.workspace, context.outputs)
        made = make_outputs(context, prober, film, video_input.source, outputs, streaming)
        begun = encoded_percent(film, outputs, PROBED)
        files |= _upload(context, dict(zip(missing, made, strict=True)), begun, streaming)
        return JobOutput(
            files=[files[recipe] for recipe in wanted],
            media=describe(film.info, read_loudness(context.workspace)),
            warnings=list(film.warnings[:MAX_WARNINGS]) or None,
        )


def make_outputs(
    context: JobContext,
    prober: Prober,
    film: Film,
    name: str,
    outputs: Sequence[Output],
    streaming: StreamingUpload | None = None,
) -> list[MadeOutput]:
    """Make the files of outputs, from an opened film.

    Args:
        context: The context of the attempt. The fetched files lie in its workspace, and the outputs are written there.
        prober: The process that opens files.
        film: The film.
        name: The source's name that the user gave.
        outputs: The outputs to make.
        streaming: Uploads the files of a large film while they are written.

    Returns:
        The finished outputs, in the order of `outputs`.
    """
    context.report(PROBED, "encoding")
    film, begun = _prepared(context, film, name, outputs)
    planned = plan(SOURCE, film, outputs)
    sound = of_sound(outputs)
    encoded = encoded_percent(film, outputs, PROBED)
    error_output = ""
    uploading = (
        streaming.following(planned.large_files, context.check)
        if film.remote and streaming
        else nullcontext(lambda: None)
    )
    with uploading as check_upload:
        for number, arguments in enumerate(planned.runs):

            def report(seconds: float, number: int = number) -> None:
                check_upload()
                share = min(seconds / film.seconds, 1) if film.seconds else 0
                context.report(begun + (encoded - begun) * (number + share) / len(planned.runs), "encoding")

            feed = _feed(film)
            rate = min(film.frames_per_second, MAX_FRAMES_PER_SECOND)
            error_output += _run(context, arguments, name, report, rate, feed, sound=sound)

    def run_more(arguments: list[str]) -> str:
        return _run(context, arguments, name, lambda seconds: context.check(), sound=sound)

    finish_context = FinishContext(context.workspace, prober, run_more)
    made = []
    for finish in planned.finishes:
        context.check()
        made.append(_finished(context, finish, finish_context, name, error_output, sound=sound))
    _check_whole(prober, film.remote or context.workspace / SOURCE, film, made, name, error_output)
    return made


def _prepared(context: JobContext, film: Film, name: str, outputs: Sequence[Output]) -> tuple[Film, float]:
    """Return the film with decoded sounds and levels, if it needs them, and the percent of the job that is done."""
    sounds = plan(SOURCE, film, outputs).sounds
    changing = any(audio.changes for audio in (stream or film.audio for stream in sounds) if audio)
    if not sounds or not (changing or film.loudness is not None):
        return film, PROBED

    def listen(arguments: list[str], report: Callable[[float], None] = lambda _: context.check()) -> str:
        return _run(context, arguments, name, report, feed=_feed(film), sound=of_sound(outputs))

    def report_share(share: float) -> None:
        context.report(PROBED + (PREPARED - PROBED) * share, "encoding")

    film = with_decoded(SOURCE, film, sounds, listen)
    return with_levels(SOURCE, film, sounds, context.workspace, listen, report_share), PREPARED


def _feed(film: Film) -> Iterator[bytes] | None:
    """Return the bytes for ffmpeg's standard input; None for a film that lies in the working folder."""
    return film.remote.in_order(film.info.container) if film.remote else None


def wanted_outputs(video_input: VideoInput) -> list[Output]:
    """Return the outputs that the job asks for, and the captions output of a job with captions."""
    return [*video_input.outputs, *([CaptionsOutput()] if video_input.captions else [])]


def _run(
    context: JobContext,
    arguments: list[str],
    name: str,
    report: Callable[[float], None],
    frames_per_second: float = 0,
    feed: Iterator[bytes] | None = None,
    *,
    sound: bool,
) -> str:
    def on_progress(seconds: float) -> None:
        report(seconds)
        _check_room(context.workspace, name)

    try:
        return run_ffmpeg(arguments, context.workspace, on_progress, frames_per_second, feed)
    except FfmpegFailed as failure:
        context.log.warning("ffmpeg failed.", status=failure.status, error_output=failure.error_output)
        if failure.killed:
            raise EncoderFailed(f"The encoder was stopped while it worked on {name!r}.") from failure
        if failure.hit_limit:
            raise (_too_much_room(name) if failure.limit == "room" else _too_much_memory(name)) from failure
        crashed = "the decoder gave up on it" if failure.status < 0 else ""
        raise unsupported(name, crashed or failure.error_output, sound=sound) from failure


def _check_room(folder: Path, name: str) -> None:
    # `st_blocks` counts blocks of 512 bytes. The uploaded part of a file is a hole, which takes no room.
    taken = sum(entry.stat().st_blocks * 512 for entry in os.scandir(folder))
    if taken > config.MAX_WORKSPACE_BYTES:
        raise _too_much_room(name)


def _too_much_memory(name: str) -> InputTooLarge:
    return InputTooLarge(f"The file {name!r} needs more memory than a worker has. Ask for fewer or smaller outputs.")


def _too_much_room(name: str) -> InputTooLarge:
    most, each = config.MAX_WORKSPACE_BYTES / config.GIB, config.MAX_OUTPUT_BYTES / config.GIB
    return InputTooLarge(
        f"What was asked for of {name!r} has more than {most:g} GiB, or one file of it more than {each:g} GiB. Ask for "
        "fewer or smaller outputs, or for a shorter part."
    )


def _finished(
    context: JobContext, finish: Finish, finish_context: FinishContext, name: str, error_output: str, *, sound: bool
) -> MadeOutput:
    try:
        made = finish(finish_context)
    except NotReadable as reason:
        context.log.warning("An output can't be read.", reason=str(reason), error_output=error_output)
        raise unsupported(name, error_output, sound=sound) from None
    if (made.duration_seconds or 0) > config.MAX_SOURCE_SECONDS - 1:
        raise too_long(name)
    return made


def _check_whole(
    prober: Prober, source: Path | Remote, film: Film, made: list[MadeOutput], name: str, error_output: str
) -> None:
    """Compare the outputs with the source.

    Raises:
        TruncatedMedia: The source is cut off.
        UnsupportedMedia: The sound of the source has a gap of more than about half an hour.
    """
    if not is_cut_off(film, made, error_output):
        return
    if not film.info.measured:  # The container may be wrong, so the packets decide.
        language = film.audio.language if film.audio else ""
        info = prober.probe(source, measure=True, language=language)
        if not is_cut_off(replace(film, info=info), made, error_output):
            return
    if GAP in error_output:
        raise UnsupportedMedia(
            f"The sound of {name!r} is silent for longer than can be filled. Cut it into shorter parts."
        )
    raise TruncatedMedia(f"The file {name!r} is cut off before its end. Upload it again, whole.")


def _recipe(video_input: VideoInput, generations: list[str], output: Model) -> str:
    """Return a hash of everything that decides the content of an output's files."""
    material = {name: part for name, part in video_input.to_firestore().items() if name != "outputs"}
    order = [RECIPES, material, generations, output.to_firestore()]
    return hashlib.sha256(json.dumps(order, sort_keys=True).encode()).hexdigest()


def _reused(earlier: EarlierOutput) -> OutputFile:
    found = {**earlier.facts, "path": earlier.path, "bytes": earlier.bytes, "sha256": earlier.sha256}
    return OutputFile.model_validate({**found, "parts": list(earlier.parts) or None})


def _upload(
    context: JobContext, made: dict[str, MadeOutput], begun: float, streaming: StreamingUpload
) -> dict[str, OutputFile]:
    """Upload outputs.

    An output's own file is uploaded last. So if this file is in Cloud Storage, all of its parts are there, too.

    Args:
        context: The context of the attempt.
        made: The outputs by their recipe.
        begun: Percent of the job at the start of the upload.
        streaming: The files that are uploaded already, except for their start.

    Returns:
        The uploaded files, by recipe.
    """
    total = sum(_bytes(context, file) for output in made.values() for file in (output.file, *output.parts))
    sent, files = 0, {}

    def upload(file: MadeFile, *details: Any) -> StoredFile:
        nonlocal sent
        context.report(begun + (100 - begun) * sent / total, "uploading")
        if file.name in streaming:
            path, sha256 = streaming.complete(file.name, file.content_type, context.check, *details)
        else:
            path, sha256 = context.outputs.upload(
                context.workspace / file.name, file.content_type, context.check, *details
            )
        size = _bytes(context, file)
        sent += size
        return StoredFile(path=path, content_type=file.content_type, bytes=size, sha256=sha256)

    for recipe, output in made.items():
        parts = [upload(part) for part in output.parts]
        facts = {
            "kind": output.kind,
            "content_type": output.file.content_type,
            "width": output.width,
            "height": output.height,
            "duration_seconds": None if output.duration_seconds is None else round(output.duration_seconds, 3),
        }
        stored = upload(output.file, recipe, facts, [part.name for part in output.parts])
        files[recipe] = OutputFile.model_validate({**facts, **stored.model_dump(), "parts": parts or None})
    return files


def _bytes(context: JobContext, file: MadeFile) -> int:
    return (context.workspace / file.name).stat().st_size
