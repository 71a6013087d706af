"""The film: the part of a source that a job asks for. All outputs are made of it."""

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

from stoker.captions.webvtt import Cue
from stoker.models.warnings import OutputWarning
from stoker.probe.picture_parameters import Size
from stoker.probe.probe import AudioStream, Chapter, MediaInfo, VideoStream
from stoker.probe.ranged_source import Remote
from stoker.sound.downmix import Level
from stoker.video.source.chapters import chapters_in_part

STILL_SECONDS = 0.25
"""A part may begin with the next frame if that comes within this time. Otherwise it begins with the frame that is on
the screen."""


@dataclass(frozen=True)
class Overlay:
    """A picture that is laid over the film.

    Attributes:
        file: The picture's path, relative to the working folder.
        size: The picture's own size.
        position: The corner or edge, such as `bottom-right`.
        opacity: From 0 to 1.
    """

    file: str
    size: Size
    position: str
    opacity: float


@dataclass(frozen=True)
class Film:
    """The part of a source that the job asks for. The film's own time begins at 0.

    Attributes:
        info: The content of the source.
        start: The start of the part, in seconds of the source.
        end: The end of the part, in seconds of the source; None for the end of the source.
        watermark: The watermark; None if there is none.
        cues: The captions, in the film's own time.
        cues_language: The BCP 47 tag of the captions' language; None if it is unknown.
        subtitles: The subtitles file that is burnt into the picture, relative to the working folder; None for no file.
        remote: The source in Cloud Storage; None if the source lies in the working folder.
        warnings: Warnings about the source, for the owner of the job.
        loudness: The wanted loudness of all sounds, in LUFS; None if they keep their loudness.
        levels: The level that gives each sound the wanted loudness. The key is the sound's index among the streams, and
            the name of its encoder, which is empty for sound that is not encoded.
        decoded: Files of sounds that were decoded before, relative to the working folder, by the index of the sound
            among the streams. Their times are those of the film.
    """

    info: MediaInfo
    start: float = 0
    end: float | None = None
    watermark: Overlay | None = None
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
        """The picture of the source; None if there is none."""
        return self.info.video

    @property
    def audio(self) -> AudioStream | None:
        """The sound of the source; None if there is none."""
        return self.info.audio

    @property
    def seconds(self) -> float:
        """The duration of the film; 0 if the source's duration is unknown."""
        return self.part_of(self.info.duration_seconds)

    @property
    def picture_end(self) -> float:
        """The end of the picture, in the film's time.

        A film that begins after the end of the source's picture shows the last frame for its whole duration.
        """
        end = self.video.end_seconds if self.video else None
        return self.part_of(end or self.info.duration_seconds) or self.seconds

    @property
    def picture_start(self) -> float:
        """The start of the film's first frame, in seconds of the source.

        It lies before the start of the part if the part begins within a still.
        """
        begin, end = self.still_at(self.start)
        return begin if end - self.start > STILL_SECONDS else self.start

    def still_at(self, seconds: float) -> tuple[float, float]:
        """Return the start and end of the still that is on the screen at a time. The last frame has no end.

        Args:
            seconds: A time of the source, in seconds. It is returned twice if no still is on the screen.
        """
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
        """The average frame rate of the picture; 0 if there is no picture."""
        return self.video.frames_per_second if self.video else 0

    @property
    def has_stills(self) -> bool:
        """Return whether the picture stands still at times, as in slides and screen recordings."""
        return self.video is not None and (bool(self.video.stills) or self.picture_start < self.start)

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """The chapters of the film, in its own time, with titles in plain text."""
        ends = [end for end in (self.end, self.info.duration_seconds) if end]
        return chapters_in_part(self.info.chapters, self.start, min(ends, default=None))

    @property
    def moving_frames_per_second(self) -> float:
        """The average frame rate of the moving parts of the picture; 0 if there is no picture."""
        return (self.video.moving_frames_per_second or self.video.frames_per_second) if self.video else 0

    def part_of(self, seconds: float | None) -> float:
        """Return the seconds of a stream that belong to the film.

        Args:
            seconds: The end of the stream, in seconds of the source; None if it is unknown.
        """
        end = seconds or 0
        return max(0, (end if self.end is None else min(end, self.end)) - self.start)

    def fitted(self, *, height: int | None = None, width: int | None = None, resolution: int | None = None) -> Size:
        """Return the size of the picture within limits. It fits all limits that are given.

        The picture is never enlarged. Both sides are even, because 4:2:0 halves the colours in both directions.

        Args:
            height: The largest height, in pixels.
            width: The largest width, in pixels.
            resolution: The largest short side, in pixels.

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
        # Rounded to the nearest even number that is not beyond the source.
        return max(2, min(round(side * min(share, 1) / 2), side // 2) * 2)
