"""Warnings about a source: parts that the outputs do not show, and values that were measured because its container is
wrong."""

from collections.abc import Collection, Iterator

from stoker.languages import match
from stoker.models.warnings import OutputWarning, WarningCode
from stoker.probe.probe import MediaInfo
from stoker.video.picture.picture import MAX_FRAMES_PER_SECOND
from stoker.video.source.whole import misses


def source_warnings(
    info: MediaInfo, name: str, language: str = "", used: Collection[int] = ()
) -> tuple[OutputWarning, ...]:
    """Return the warnings about a source.

    Args:
        info: The content of the source.
        name: The source's name that the user gave.
        language: The language of the sound that was asked for.
        used: The indexes of further tracks that the outputs have.
    """
    return tuple(OutputWarning(code=code, message=message) for code, message in _notices(info, name, language, used))


def _notices(info: MediaInfo, name: str, language: str, used: Collection[int]) -> Iterator[tuple[WarningCode, str]]:
    video, audio, declared = info.video, info.audio, info.declared_seconds
    if info.measured and info.reached_seconds and (declared is None or _differ(declared, info.reached_seconds)):
        problem = "does not say how long it plays" if declared is None else f"seems to play for {declared:.1f} s"
        yield (
            "duration-measured",
            f"The file {name!r} {problem}; by its packets it plays for {info.duration_seconds:.1f} s.",
        )
    if video and video.moving_frames_per_second > MAX_FRAMES_PER_SECOND:
        rate = f"{video.moving_frames_per_second:.0f}"
        yield "frame-rate-capped", f"The picture of {name!r} has {rate} frames a second; outputs have at most 60."
    if language and audio and not match(language, audio.language):
        yield "language-missing", f"No sound of {name!r} that can be used is marked as {language!r}; another was taken."
    if video and video.changes:
        yield "picture-changes", _changes("picture", name, video.changes)
    if audio and audio.changes:
        yield "sound-changes", _changes("sound", name, audio.changes)
    yield from _tracks(info, name, used)


def _differ(declared: float, measured: float) -> bool:
    return misses(max(declared, measured), min(declared, measured))


def _changes(what: str, name: str, changes: tuple[str, ...]) -> str:
    kept = "outputs keep the size at its start" if what == "picture" else "outputs are stereo throughout"
    return f"The {what} of {name!r} changes to {', then '.join(changes)}; {kept}."


def _tracks(info: MediaInfo, name: str, used: Collection[int]) -> Iterator[tuple[WarningCode, str]]:
    words = {"video": "picture", "audio": "sound"}
    for track in info.tracks:
        if track.state == "empty":
            yield "track-without-packets", f"A {words[track.kind]} track of {name!r} is empty; it was left out."
    ignored = [track for track in info.tracks if track.state == "ignored" and track.index not in used]
    if ignored:
        counts = [
            f"{count} other {word} track{'s' if count > 1 else ''}"
            for kind, word in words.items()
            if (count := sum(track.kind == kind for track in ignored))
        ]
        rest = "outputs use one of each, and HLS sets one sound of each language"
        yield "tracks-ignored", f"The file {name!r} has {' and '.join(counts)}; {rest}."
    for track in info.tracks:
        if track.state == "undecodable" and track.kind == "audio":
            codec = f" ({track.codec})" if track.codec else ""
            yield "undecodable-sound", f"A sound track of {name!r}{codec} can't be decoded; it was left out."
