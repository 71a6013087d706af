"""The content of a media file, and the child process that finds it out and may crash without harm."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from stoker import config
from stoker.errors import EncoderFailed
from stoker.probe.ranged_source import Remote
from stoker.probe.text_tracks import TextTrack
from stoker.probe.time_limit import TimeLimit
from stoker.sandbox.child import ENVIRONMENT
from stoker.sandbox.formats import CONTAINERS

RANGE = b"range "
"""The beginning of a line in which the child asks for bytes. An offset and a length follow. The answer is the bytes."""


class NotReadable(Exception):
    """The file can't be opened, or holds nothing that can be decoded. The message is the decoder's."""


@dataclass(frozen=True)
class Colours:
    """The tags for the colours of a picture, in the numbers of ITU-T H.273. 2 means that the file gives no value.

    Attributes:
        primaries: A number of table 2: 1 is BT.709, 9 is BT.2020.
        transfer: A number of table 3: 1 is BT.709, 16 is PQ, 18 is HLG.
        matrix: A number of table 4: 0 is RGB, 1 is BT.709, 5 and 6 are BT.601, 9 is BT.2020.
        full_range: Whether black is 0 and white is 255, not 16 and 235; None if the file gives no range.
    """

    primaries: int = 2
    transfer: int = 2
    matrix: int = 2
    full_range: bool | None = None


UNTAGGED = Colours()


@dataclass(frozen=True)
class VideoStream:
    """The picture of a file.

    Times are those of ffmpeg's `-i`: they count from the start of the file, also if the file's clock does not begin at
    0. They are measured if all packets were read (`MediaInfo.measured`). Otherwise they are those of the container.

    Attributes:
        index: The index among the streams of the file.
        codec: ffmpeg's name of the codec.
        width: The width as shown: turned as the file says, in square pixels.
        height: The height as shown, in pixels.
        square_pixels: Whether the pixels of the stream are square.
        frames_per_second: The average frame rate, from the first frame to the last.
        duration_seconds: From the start of the first frame to the end of the last; None if it is unknown.
        pixel_format: ffmpeg's name of the pixel format.
        bit_depth: Bits of each colour.
        rotation: Degrees by which a player turns the picture, counter-clockwise.
        interlaced: Whether a frame is made of two fields, of different times.
        hdr: `pq` (HDR10) or `hlg` for a picture with a high dynamic range.
        bits_per_second: The bit rate of this stream alone; None if the file does not give it.
        start_seconds: When the first frame is shown.
        colours: The file's tags for its colours.
        moving_frames_per_second: The average frame rate of the parts that do not stand still. It is 60 if only jitter
            makes it higher.
        decodable_seconds: When the first frame is shown at which a decoder can begin.
        packets: The number of packets; None if it is unknown.
        progressive: Whether no frame can be interlaced, by the parameters that were read.
        hidden: Whether some frames are not shown, such as those that an edit list cuts off.
        last_seconds: When the last frame begins; None if packets were not read.
        stills: The start and end of each frame that is shown for more than a quarter of a second, in seconds, as far as
            packets were read.
        late_seconds: The delay of the first frame after the start of the edit list. ffmpeg ignores the delay.
        steady: Whether the picture is progressive, and its parameters never change. This is known if all packets were
            read, or if the file has an index that must hold all parameters.
        changes: The sizes to which the picture changes later, such as `1280 x 720`, as far as packets were read.
    """

    index: int
    codec: str
    width: int
    height: int
    square_pixels: bool
    frames_per_second: float
    duration_seconds: float | None
    pixel_format: str = "yuv420p"
    bit_depth: int = 8
    rotation: int = 0
    interlaced: bool = False
    hdr: Literal["pq", "hlg"] | None = None
    bits_per_second: int | None = None
    start_seconds: float = 0
    colours: Colours = UNTAGGED
    moving_frames_per_second: float = 0
    decodable_seconds: float = 0
    packets: int | None = None
    progressive: bool = False
    hidden: bool = False
    last_seconds: float | None = None
    stills: tuple[tuple[float, float], ...] = ()
    late_seconds: float = 0
    steady: bool = False
    changes: tuple[str, ...] = ()

    @property
    def end_seconds(self) -> float | None:
        """The end of the last frame, in seconds; None if it is unknown."""
        return None if self.duration_seconds is None else self.start_seconds + self.duration_seconds


@dataclass(frozen=True)
class AudioStream:
    """A sound of a file. Its times are as in `VideoStream`.

    Attributes:
        index: The index among the streams of the file.
        codec: ffmpeg's name of the codec.
        channels: The number of channels.
        duration_seconds: From the first sample to the last; None if it is unknown.
        layout: ffmpeg's name of the channel layout, such as `stereo` or `5.1(side)`.
        samples_per_second: The sample rate.
        profile: The profile of the codec, such as `LC`.
        start_seconds: When the first sample is played.
        decodable_seconds: When the first packet is played at which a decoder can begin.
        packets: The number of packets; None if it is unknown.
        changes: The formats to which the sound changes later, such as `44100 Hz with 1 channel`, as far as packets were
            read.
        language: The language that the container gives, such as `ger` or `de-AT`. It may be any text.
        title: The title that the container gives. It may be any text.
    """

    index: int
    codec: str
    channels: int
    duration_seconds: float | None
    layout: str = "stereo"
    samples_per_second: int = 48_000
    profile: str | None = None
    start_seconds: float = 0
    decodable_seconds: float = 0
    packets: int | None = None
    changes: tuple[str, ...] = ()
    language: str = ""
    title: str = ""

    @property
    def end_seconds(self) -> float | None:
        """The end of the last sample, in seconds; None if it is unknown."""
        return None if self.duration_seconds is None else self.start_seconds + self.duration_seconds


@dataclass(frozen=True)
class Chapter:
    """A chapter of a source or of a film.

    Attributes:
        start: The start, in seconds from the start of the source or of the film.
        title: The title, which is plain text in a film. Empty if there is none.
    """

    start: float
    title: str


@dataclass(frozen=True)
class FoundTrack:
    """A picture or a sound of a file, and its use.

    Attributes:
        index: The index among the streams of the file.
        kind: The medium.
        state: `used`; `ignored` if a better track is used; `still` for pictures such as covers; `empty` if it has no
            packets; `undecodable` if no decoder can read it.
        codec: ffmpeg's name of the codec; None if ffmpeg does not know the codec.
        language: The language that the container gives.
    """

    index: int
    kind: Literal["video", "audio"]
    state: Literal["used", "ignored", "still", "empty", "undecodable"]
    codec: str | None = None
    language: str = ""


@dataclass(frozen=True)
class MediaInfo:
    """The content of a media file.

    Attributes:
        duration_seconds: From the start of the file to the end of the tracks that are used, if all packets were read.
            Otherwise the duration that the container gives. None if it is unknown.
        streams: The number of streams of any kind.
        video: The best picture that can be decoded (`stoker.probe.tracks`). A cover is no such picture.
        audio: The best sound that can be decoded.
        container: ffmpeg's names of the file's format, separated by commas.
        bits_per_second: The bit rate of all streams together.
        measured: Whether all packets were read.
        declared_seconds: The duration that the demuxer takes from the container, or guesses.
        reached_seconds: The end of the last packet of any stream; None if not all packets were read.
        missing_share: The share of the file that is missing at its end, by the sizes in its container; None if the
            container has no sizes.
        tracks: All pictures and sounds.
        subtitles: All subtitle tracks, also those that are pictures.
        sounds: Every sound of which a sample was decoded.
        chapters: The chapters in the order of their start.
    """

    duration_seconds: float | None
    streams: int
    video: VideoStream | None
    audio: AudioStream | None
    container: str = ""
    bits_per_second: int | None = None
    measured: bool = False
    declared_seconds: float | None = None
    reached_seconds: float | None = None
    missing_share: float | None = None
    tracks: tuple[FoundTrack, ...] = ()
    subtitles: tuple[TextTrack, ...] = ()
    sounds: tuple[AudioStream, ...] = ()
    chapters: tuple[Chapter, ...] = ()

    @classmethod
    def from_answer(cls, answer: Mapping[str, Any]) -> Self:
        """Make the object from the answer of the child process."""
        video, audio = answer["video"], answer["audio"]
        streams: dict[str, Any] = {
            "video": _picture(video) if video else None,
            "audio": AudioStream(**_frozen(audio)) if audio else None,
            "tracks": tuple(FoundTrack(**track) for track in answer["tracks"]),
            "subtitles": tuple(TextTrack(**track) for track in answer["subtitles"]),
            "sounds": tuple(AudioStream(**_frozen(sound)) for sound in answer["sounds"]),
            "chapters": tuple(Chapter(**chapter) for chapter in answer["chapters"]),
        }
        return cls(**{**answer, **streams})


def _picture(video: Mapping[str, Any]) -> VideoStream:
    stills = tuple((begin, end) for begin, end in video["stills"])
    return VideoStream(**{**_frozen(video), "colours": Colours(**video["colours"]), "stills": stills})


def _frozen(stream: Mapping[str, Any]) -> dict[str, Any]:
    return {**stream, "changes": tuple(stream["changes"])}


class Prober:
    """A child process that opens files. It starts at once, so that it is ready when the download ends.

    Example:
        >>> with Prober() as prober:  # doctest: +SKIP
        ...     prober.probe(Path("cat.mov")).duration_seconds
        30.0

    Args:
        time_limit: Makes the time limit of a child process.

    Attributes:
        child: The child process.
    """

    def __init__(self, time_limit: Callable[[subprocess.Popen[bytes]], TimeLimit] = TimeLimit) -> None:
        self._time_limit = time_limit
        script = Path(__file__).with_name("probe_child.py")
        arguments = [str(os.getpid()), str(config.MEDIA_MEMORY_BYTES)]
        self.child = subprocess.Popen(
            [sys.executable, "-I", str(script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # A file may make decoders write any amount there.
            env=ENVIRONMENT,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        self.child.kill()
        self.child.communicate()

    def probe(
        self, file: Path | Remote, formats: str = CONTAINERS, *, measure: bool | None = None, language: str = ""
    ) -> MediaInfo:
        """Find out what a file holds.

        Args:
            file: A local or a remote file.
            formats: ffmpeg's names of the demuxers that may open the file, separated by commas.
            measure: Whether to read all packets, instead of believing the container. None reads all packets of a local
                file, and those of a remote file only if its container does not say enough.
            language: The language of the sound to prefer, in BCP 47 or ISO 639-2.

        Raises:
            NotReadable: No decoder can read the file, or the child crashed or took longer than its time limit.
            EncoderFailed: The child was killed, for lack of memory or because the machine is shut down.
            InputNotFound, Unavailable: The remote file could not be read.
        """
        remote = file if isinstance(file, Remote) else None
        named = {"size": remote.size} if remote else {"path": str(file)}
        time_limit = self._time_limit(self.child)
        if isinstance(file, Path) and file.exists():
            time_limit.extend(file.stat().st_size, file.stat().st_size)
        request = {**named, "formats": formats, "measure": measure, "language": language}
        line = self._ask(request, remote, time_limit)
        if not line:
            if self.child.wait() == -signal.SIGKILL and not time_limit.ended:
                raise EncoderFailed("The process that opens the file was stopped.")
            raise NotReadable("the decoder gave up on it")
        answer = json.loads(line)
        if "error" in answer:
            raise NotReadable(answer["error"])
        return MediaInfo.from_answer(answer)

    def _ask(self, request: dict[str, Any], remote: Remote | None, time_limit: TimeLimit) -> bytes:
        """Return the child's answer. Until then, send the child the ranges of a remote file that it asks for."""
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        message = json.dumps(request).encode() + b"\n"
        try:
            while True:
                with time_limit:
                    self.child.stdin.write(message)
                    self.child.stdin.flush()
                    line = self.child.stdout.readline()
                if remote is None or not line.startswith(RANGE):
                    return line
                offset, length = map(int, line.removeprefix(RANGE).split())
                message = remote.read(offset, length)
                time_limit.extend(len(message), remote.size)
        except BrokenPipeError:
            return b""
