"""The files that a job names: its source, watermark and captions. They are fetched and opened."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from stoker import config
from stoker.errors import InputTooLarge, InvalidJob, UnsupportedMedia
from stoker.languages import bcp47
from stoker.models.video import VideoInput, Watermark
from stoker.probe.inspection import inspect_source
from stoker.probe.probe import MediaInfo, NotReadable, Prober
from stoker.probe.ranged_source import Remote
from stoker.probe.refusals import too_large, undecodable, unsupported
from stoker.sandbox.diagnosis import unknown_codec
from stoker.sandbox.error_causes import cause
from stoker.sandbox.formats import WATERMARKS
from stoker.storage.sources import Source, download, open_source
from stoker.video.encode.copying import may_copy
from stoker.video.hls.sounds import chosen_sounds
from stoker.video.outputs import OF_EITHER, OF_SOUND, of_sound
from stoker.video.picture.burnt_captions import CAPTIONS, SUBTITLES, prepare_burn_in, read_captions
from stoker.video.picture.colours import guess_warnings
from stoker.video.source.embedded import extract
from stoker.video.source.film import Film, Overlay
from stoker.video.source.part import tracks_in_part
from stoker.video.source.source_warnings import source_warnings

SOURCE, WATERMARK = "source", "watermark"
"""The names of the files in the working folder. The user's file names never reach a command."""


@dataclass(frozen=True)
class _Wanted:
    """An object to fetch.

    Attributes:
        path: The object's name.
        file: The name of the file in the working folder.
        most: The largest size, in bytes.
    """

    path: str
    file: str
    most: int


@dataclass(frozen=True)
class Fetched:
    """The fetched files of a job.

    Attributes:
        generations: The generation of each object. It changes when another file is uploaded under the same name.
        remote: The source, if it is too large to be fetched; else None.
    """

    generations: list[str]
    remote: Source | None


def fetch(video_input: VideoInput, user_id: str, folder: Path, on_share: Callable[[float], None]) -> Fetched:
    """Download the files of a job into the working folder. A source that is too large stays in Cloud Storage.

    Args:
        video_input: The input of the job, which names the files.
        user_id: The job's owner.
        folder: The working folder.
        on_share: Called with the share that has arrived, from 0 to 1. If it raises an exception, the download ends.

    Raises:
        PermanentError: An object is missing, not the owner's, empty or too large.
    """
    wanted = [_Wanted(video_input.source, SOURCE, config.MAX_FETCHED_BYTES)]
    if video_input.watermark:
        wanted.insert(0, _Wanted(video_input.watermark.source, WATERMARK, config.MAX_WATERMARK_BYTES))
    if video_input.captions and video_input.captions.source:
        wanted.insert(0, _Wanted(video_input.captions.source, CAPTIONS, config.MAX_CAPTIONS_BYTES))
    generations, remote = [], None
    for one in wanted:
        on_bytes = (lambda arrived, size: on_share(arrived / size)) if one.file == SOURCE else (lambda *_: on_share(0))
        try:
            generations.append(str(download(one.path, user_id, folder / one.file, on_bytes, one.most)))
        except InputTooLarge:
            if one.file != SOURCE:
                raise
            remote = open_source(one.path, user_id)
            generations.append(remote.generation)
    return Fetched(generations, remote)


def open_film(video_input: VideoInput, folder: Path, prober: Prober, remote: Remote | None = None) -> Film:
    """Open the fetched files, and return the film that the outputs are made of.

    Args:
        video_input: The input of the job.
        folder: The working folder, with the fetched files.
        prober: The process that opens files.
        remote: The source, if it stays in Cloud Storage; None if it lies in the working folder.

    Raises:
        PermanentError: A file can't be read, is beyond a limit, or does not hold what the outputs need.
    """
    source = remote or folder / SOURCE
    language = video_input.audio.language if video_input.audio else ""
    info = _probed(prober, source, video_input, language)
    _check_holds(info, video_input, source)
    trim, loudness = video_input.trim, video_input.loudness
    start, end = (trim.start, trim.end) if trim else (0.0, None)
    if info.duration_seconds and start >= info.duration_seconds:
        raise InvalidJob(
            f"The trim begins at {start:g} s, but {video_input.source!r} ends at {info.duration_seconds:g} s."
        )
    kinds = {output.kind for output in video_input.outputs}
    info, silent = tracks_in_part(info, start, end, kinds, OF_SOUND, video_input.source)
    watermark = _watermark(video_input.watermark, folder, prober) if video_input.watermark and info.video else None
    seen = any(output.kind not in OF_SOUND for output in video_input.outputs)
    if remote and any(may_copy(Film(info, start, end, watermark), output) for output in video_input.outputs):
        # Reading the source once more takes less time than encoding it.
        info = prober.probe(remote, measure=True, language=language)
    sets = any(output.kind == "hls" for output in video_input.outputs)
    further = [sound.stream.index for sound in chosen_sounds(info, start, end) if sound.stream] if sets else []
    warnings = source_warnings(info, video_input.source, language, further) + silent
    if info.video and seen:
        warnings += guess_warnings(info.video, video_input.source)
    if video_input.captions is None:
        return Film(info, start, end, watermark, remote=remote, warnings=warnings, loudness=loudness)
    name = video_input.captions.source or video_input.source
    spoken = video_input.captions.language or ""
    if video_input.captions.from_:
        spoken = extract(video_input.captions, video_input.source, info, folder, remote)
    cues, left_out = read_captions(name, folder, start, end)
    warnings += left_out
    film = Film(
        info, start, end, watermark, cues, None, remote, warnings, loudness=loudness, cues_language=bcp47(spoken)
    )
    if not video_input.captions.burn_in:
        return film
    return replace(film, subtitles=SUBTITLES, warnings=warnings + prepare_burn_in(cues, folder, name))


def too_long(name: str) -> InputTooLarge:
    """Return the error for a file that plays longer than the limit."""
    hours = config.MAX_SOURCE_SECONDS // 3600
    return InputTooLarge(f"The file {name!r} plays longer than {hours} hours. Cut it into shorter parts.")


def _probed(prober: Prober, source: Path | Remote, video_input: VideoInput, language: str) -> MediaInfo:
    name = video_input.source
    info = inspect_source(prober, source, name, sound=of_sound(video_input.outputs), language=language)
    if (info.duration_seconds or 0) > config.MAX_SOURCE_SECONDS:
        raise too_long(name)
    if info.video and info.video.width * info.video.height > config.MAX_SOURCE_PIXELS:
        raise too_large(name)
    if info.streams > config.MAX_SOURCE_STREAMS:
        raise InputTooLarge(
            f"The file {name!r} has {info.streams} streams; {config.MAX_SOURCE_STREAMS} are allowed. Upload it with "
            "its picture and its sound alone."
        )
    return info


def _check_holds(info: MediaInfo, video_input: VideoInput, source: Path | Remote) -> None:
    name, kinds = video_input.source, {output.kind for output in video_input.outputs}
    if info.video is None and kinds - OF_SOUND - OF_EITHER:
        _check_codec(source, name, "picture")
        if info.audio:
            raise UnsupportedMedia(
                f"The file {name!r} holds no picture. Ask for outputs of the sound (audio, waveform or hls), or upload "
                "one that does."
            )
        raise unsupported(name, "it holds no picture")
    if info.audio is None and kinds & OF_SOUND:
        _check_codec(source, name, "sound")
        raise UnsupportedMedia(
            f"The file {name!r} holds no sound. Ask for outputs of the picture, or upload one that does."
        )


def _check_codec(source: Path | Remote, name: str, medium: str) -> None:
    """Raise an error if the codec of a picture or sound can't be decoded. Remote files are not checked."""
    if isinstance(source, Path) and (codec := unknown_codec(source, medium)):
        raise undecodable(name, medium, codec)


def _watermark(watermark: Watermark, folder: Path, prober: Prober) -> Overlay:
    try:
        video = prober.probe(folder / WATERMARK, WATERMARKS).video
    except NotReadable as reason:
        raise _no_picture(watermark.source, cause(str(reason))) from None
    if video is None:
        raise _no_picture(watermark.source, "it holds no picture")
    if video.width * video.height > config.MAX_WATERMARK_PIXELS:
        raise InputTooLarge(f"The watermark {watermark.source!r} is larger than 4096 x 4096. Upload a smaller one.")
    return Overlay(WATERMARK, (video.width, video.height), watermark.position, watermark.opacity)


def _no_picture(name: str, reason: str) -> UnsupportedMedia:
    return UnsupportedMedia(f"The watermark {name!r} can't be read ({reason}). Upload a PNG, JPEG or WebP.")
