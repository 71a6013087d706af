"""What the outputs are made of: the source, as far as the job wants it."""

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

from stoker.captions.webvtt import Cue
from stoker.models.warnings import OutputWarning
from stoker.probe.probe import AudioStream, Chapter, MediaInfo, VideoStream
from stoker.probe.ranged_source import Remote
from stoker.sound.downmix import Level
from stoker.video.source.chapters import chapters_of

Size = tuple[int, int]
"""Width and height in pixels."""


STILL_SECONDS = 0.25
"""A part may begin so much later than asked for, with the next frame. If the next frame comes later, the part begins
with the frame that is on the screen."""


@dataclass(frozen=True)
class Overlay:
    """A picture that is laid over the film.

    Attributes:
        file: Its path, relative to the working folder.
        size: Its own.
        opacity: From 0 to 1.
    """

    file: str
    size: Size
    position: str
    opacity: float


@dataclass(frozen=True)
class Film:
    """The part of a source that the job is about. Its own time begins at 0.

    Attributes:
        info: What the source holds.
        start: Where the part begins, in seconds of the source.
        end: Where it ends, in seconds of the source; None where the source does.
        mark: What is laid over it.
        cues: What is said in it, in its own time.
        cues_language: The BCP 47 tag of their language; None where it is not known.
        subtitles: The file that is burnt into its picture, relative to the working folder.
        remote: Where the source is read from; None where it lies in the working folder.
        warnings: Parts of the source that are left out or guessed.
        loudness: What all of its sounds are wanted to have, in LUFS; None where they stay as loud as they are.
        levels: How each sound gets there, by its index among the streams and the name of its encoder; the name is empty
            for sound that is not encoded.
        decoded: Files of sounds that were decoded before, relative to the working folder, by the index of the sound
            among the streams. Their times are those of the film.
    """

    info: MediaInfo
    start: float = 0
    end: float | None = None
    mark: Overlay | None = None
    cues: tuple[Cue, ...] = ()
    subtitles: str | None = None
    remote: Remote | None = None
    warnings: tuple[OutputWarning, ...] = ()
    cues_language: str | None = None
    loudness: float | None = None
    levels: Mapping[tuple[int, str], Level] = field(default_factory=dict)
    decoded: Mapping[int, str] = field(default_factory=dict)

    @property
    def video(self) -> VideoStream | None:
        """The picture."""
        return self.info.video

    @property
    def audio(self) -> AudioStream | None:
        """The sound."""
        return self.info.audio

    @property
    def seconds(self) -> float:
        """How long it plays, as far as the source tells; 0 where it does not."""
        return self.part_of(self.info.duration_seconds)

    @property
    def picture_end(self) -> float:
        """When its picture ends, in its own time. A part that begins later shows the last frame to its end."""
        told = self.video.end_seconds if self.video else None
        return self.part_of(told or self.info.duration_seconds) or self.seconds

    @property
    def picture_start(self) -> float:
        """When the frame begins with which its picture begins, in seconds of the source: before the part if that begins
        within a still."""
        begin, end = self.on_screen(self.start)
        return begin if end - self.start > STILL_SECONDS else self.start

    def on_screen(self, seconds: float) -> tuple[float, float]:
        """When the still begins and ends that is on the screen at a time of the source; that time where there is none.
        The last frame has no end."""
        video = self.video
        if video is None:
            return seconds, seconds
        if video.last_seconds is not None and seconds >= video.last_seconds:
            return video.last_seconds, math.inf
        place = bisect_right(video.stills, (seconds, math.inf)) - 1
        begin, end = video.stills[place] if place >= 0 else (seconds, seconds)
        return (begin, end) if begin <= seconds < end else (seconds, seconds)

    @property
    def frames_per_second(self) -> float:
        """Of its picture, on average; 0 where there is none."""
        return self.video.frames_per_second if self.video else 0

    @property
    def has_stills(self) -> bool:
        """Whether its picture stands still for a while, as slides and screen recordings do."""
        return self.video is not None and (bool(self.video.stills) or self.picture_start < self.start)

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """Its chapters, in its own time, as plain text."""
        ends = [end for end in (self.end, self.info.duration_seconds) if end]
        return chapters_of(self.info.chapters, self.start, min(ends, default=None))

    @property
    def moving_frames_per_second(self) -> float:
        """Of its picture where that does not stand still, on average; 0 where there is none."""
        return (self.video.moving_frames_per_second or self.video.frames_per_second) if self.video else 0

    def part_of(self, seconds: float | None) -> float:
        """How much of a stream belongs to the film, in seconds, where the stream has as many."""
        end = seconds or 0
        return max(0, (end if self.end is None else min(end, self.end)) - self.start)

    def fitted(self, *, height: int | None = None, width: int | None = None, resolution: int | None = None) -> Size:
        """The picture's size, never enlarged, and even: 4:2:0 halves the colour both ways.

        Args:
            height: Pixels that it may have from top to bottom. It is made to fit all that are given.
            width: Pixels that it may have from side to side.
            resolution: Pixels that its short side may have.

        Example:
            >>> from stoker.probe.probe import MediaInfo
            >>> phone = Film(MediaInfo(1, 1, VideoStream(0, "h264", 1080, 1920, True, 30, 1), None))
            >>> phone.fitted(resolution=720), phone.fitted(height=720)
            ((720, 1280), (404, 720))
        """
        assert self.video is not None
        own = self.video.width, self.video.height
        wanted = ((width, own[0]), (height, own[1]), (resolution, min(own)))
        share = min([most / side for most, side in wanted if most], default=1.0)
        return self._even(own[0], share), self._even(own[1], share)

    @staticmethod
    def _even(side: int, share: float) -> int:
        # Rounded to the nearest, but not beyond the source.
        return max(2, min(round(side * min(share, 1) / 2), side // 2) * 2)
