"""From what ffmpeg has written to the files of an output."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from stoker.probe.probe import Chapter, MediaInfo, Prober
from stoker.sandbox.formats import CONTAINERS
from stoker.video.source.chapters import put_chapters

WEBVTT = "text/vtt"
PLAYLIST = "application/vnd.apple.mpegurl"
"""Source: RFC 8216, section 10."""

WHOLE = ("video", "audio")


@dataclass(frozen=True)
class MadeFile:
    """A file in the working folder.

    Attributes:
        name: Its name there, and in Storage.
        content_type: Its media type.
    """

    name: str
    content_type: str


@dataclass(frozen=True)
class MadeOutput:
    """What was asked for, made.

    Attributes:
        kind: As it was asked for.
        file: What the output's path names.
        parts: The files that it names, in the same folder.
        width: Pixels, where it is a picture.
        height: Pixels, where it is a picture.
        duration_seconds: Where it plays.
        of: The media of the source, `video` and `audio`, that it plays to their end.
    """

    kind: str
    file: MadeFile
    parts: tuple[MadeFile, ...] = ()
    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None
    of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bench:
    """What finishing needs.

    Attributes:
        folder: The working folder.
        prober: Opens what was made.
        run_ffmpeg: Runs it once more, with arguments whose paths are relative to the folder.
    """

    folder: Path
    prober: Prober
    run_ffmpeg: Callable[[list[str]], object]

    def probe(self, name: str, formats: str = CONTAINERS) -> MediaInfo:
        """What a file in the folder holds.

        Raises:
            NotReadable: It is none of the formats, or holds nothing.
        """
        # Its packets may have left already: what has left a file are zeros.
        return self.prober.probe(self.folder / name, formats, measure=False)


Finish = Callable[[Bench], MadeOutput]
"""Checks an output, once ffmpeg has written it, and makes what ffmpeg can't.

Raises:
    NotReadable: What ffmpeg wrote is no such output.
"""


def plays(kind: str, name: str, content_type: str, of: tuple[str, ...] = WHOLE) -> Finish:
    """An output that is one file, which plays media of the source to their end."""

    def finish(bench: Bench) -> MadeOutput:
        info = bench.probe(name)
        return MadeOutput(
            kind,
            MadeFile(name, content_type),
            width=info.video.width if info.video else None,
            height=info.video.height if info.video else None,
            duration_seconds=info.duration_seconds,
            of=of,
        )

    return finish


def with_chapters(finish: Finish, name: str, chapters: Sequence[Chapter]) -> Finish:
    """An output whose MP4 gets chapters before it is checked: ffmpeg's `tee` muxer hands none on."""

    def finish_with_chapters(bench: Bench) -> MadeOutput:
        put_chapters(bench.folder / name, chapters)
        return finish(bench)

    return finish_with_chapters if chapters else finish


def still(kind: str, name: str, content_type: str, formats: str) -> Finish:
    """An output that is one picture."""

    def finish(bench: Bench) -> MadeOutput:
        video = bench.probe(name, formats).video
        assert video is not None  # what the formats are of
        return MadeOutput(kind, MadeFile(name, content_type), width=video.width, height=video.height)

    return finish
