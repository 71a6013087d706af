"""The last step of an output: the files that ffmpeg has written are checked and completed."""

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
        name: The name in the working folder and in Cloud Storage.
        content_type: The media type.
    """

    name: str
    content_type: str


@dataclass(frozen=True)
class MadeOutput:
    """A finished output.

    Attributes:
        kind: The kind of the output.
        file: The output's own file.
        parts: The files that the output's own file names, in the same folder.
        width: The picture's width in pixels; None if there is no picture.
        height: The picture's height in pixels; None if there is no picture.
        duration_seconds: The duration; None for an output that does not play.
        of: The media of the source, `video` and `audio`, that the output plays to their end.
    """

    kind: str
    file: MadeFile
    parts: tuple[MadeFile, ...] = ()
    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None
    of: tuple[str, ...] = ()


@dataclass(frozen=True)
class FinishContext:
    """The folder and the tools for finishing outputs.

    Attributes:
        folder: The working folder.
        prober: The process that opens files.
        run_ffmpeg: Runs ffmpeg once more, with arguments whose paths are relative to the folder.
    """

    folder: Path
    prober: Prober
    run_ffmpeg: Callable[[list[str]], object]

    def probe(self, name: str, formats: str = CONTAINERS) -> MediaInfo:
        """Return what a file in the folder holds.

        Raises:
            NotReadable: The file has none of the formats, or holds nothing.
        """
        # Its packets can't be read: those that were uploaded already are zeros in the file.
        return self.prober.probe(self.folder / name, formats, measure=False)


Finish = Callable[[FinishContext], MadeOutput]
"""A function that checks the files of an output after ffmpeg has written them, and makes the files that ffmpeg can't.

Raises:
    NotReadable: ffmpeg's files are not those of such an output.
"""


def playing_file(kind: str, name: str, content_type: str, of: tuple[str, ...] = WHOLE) -> Finish:
    """Return the finish of an output that is one file, which plays media of the source to their end."""

    def finish(context: FinishContext) -> MadeOutput:
        info = context.probe(name)
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
    """Return a finish that puts chapters into an MP4 first. ffmpeg's `tee` muxer can't write them."""

    def finish_with_chapters(context: FinishContext) -> MadeOutput:
        put_chapters(context.folder / name, chapters)
        return finish(context)

    return finish_with_chapters if chapters else finish


def still_picture(kind: str, name: str, content_type: str, formats: str) -> Finish:
    """Return the finish of an output that is one picture."""

    def finish(context: FinishContext) -> MadeOutput:
        video = context.probe(name, formats).video
        assert video is not None  # all of the formats are pictures
        return MadeOutput(kind, MadeFile(name, content_type), width=video.width, height=video.height)

    return finish
