"""What a file holds, found out by a child process that may crash without harm."""

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
from stoker.probe.opening_time import Patience
from stoker.probe.ranged_source import Remote
from stoker.probe.text_tracks import TextTrack
from stoker.sandbox.child import ENVIRONMENT
from stoker.sandbox.formats import CONTAINERS

RANGE = b"range "
"""How a line of the child's begins that asks for an offset and a length, in bytes, and is answered with as many."""


class NotReadable(Exception):
    """The file can't be opened, or holds nothing that can be decoded; the message is the decoder's."""


@dataclass(frozen=True)
class Colours:
    """How numbers become colours, in the numbers of ITU-T H.273. 2 means that the file does not say.

    Attributes:
        primaries: Table 2: 1 is BT.709, 9 is BT.2020.
        transfer: Table 3: 1 is BT.709, 16 is PQ, 18 is HLG.
        matrix: Table 4: 0 is RGB, 1 is BT.709, 5 and 6 are BT.601, 9 is BT.2020.
        full_range: Whether black is 0 and white 255, rather than 16 and 235; None where the file does not say.
    """

    primaries: int = 2
    transfer: int = 2
    matrix: int = 2
    full_range: bool | None = None


UNTAGGED = Colours()


@dataclass(frozen=True)
class VideoStream:
    """The film of a file.

    Times are those of ffmpeg's `-i`: they count from the start of the file, whatever its clock shows there. They are
    measured where all packets were read (`MediaInfo.measured`), and else as the container says.

    Attributes:
        index: Its place among the streams.
        width: Pixels as shown: with square pixels, and turned as the file says.
        height: Pixels as shown.
        square_pixels: Whether each of its own pixels is as wide as high.
        frames_per_second: On average, from its first frame to its last.
        duration_seconds: From the start of its first frame to the end of its last; None where nothing says.
        pixel_format: As ffmpeg calls it.
        bit_depth: Of each colour.
        rotation: Degrees by which the picture is turned before it is shown, counter-clockwise.
        interlaced: Whether each frame is two halves, of different times.
        hdr: `pq` (HDR10) or `hlg` where it is brighter than screens usually are.
        bits_per_second: Of this stream alone, where the file says.
        start_seconds: When its first frame is shown.
        colours: What the file says of its colours.
        moving_frames_per_second: On average over the parts that do not stand still. 60 where only jitter makes it more.
        decodable_seconds: When the first frame is shown with which a decoder can begin.
        packets: How many it has; None where nothing says.
        progressive: Whether none of its frames can be interlaced, by the parameters that were read.
        hidden: Whether it has frames that are not to be shown, such as those that an edit list cuts off.
        last_seconds: When its last frame begins; None where packets were not read.
        stills: When each frame begins and ends that is shown for more than a quarter of a second, as far as packets
            were read.
        late_seconds: How long after the start of its edit list its first frame is shown; ffmpeg shows it at the start.
        steady: Whether it is progressive and its parameters never change, by all of its packets, or by an index that
            must have them all.
        changes: What it becomes in its course, such as `1280 x 720`, as far as its packets show.
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
        """When its last frame ends."""
        return None if self.duration_seconds is None else self.start_seconds + self.duration_seconds


@dataclass(frozen=True)
class AudioStream:
    """The sound of a file; times as in `VideoStream`.

    Attributes:
        duration_seconds: From its first sample to its last; None where nothing says.
        layout: Which channels there are, as ffmpeg calls it: `stereo`, `5.1(side)`.
        profile: Of the codec, such as `LC`.
        start_seconds: When its first sample is heard.
        decodable_seconds: When the first packet is heard with which a decoder can begin.
        packets: How many it has; None where nothing says.
        changes: What it becomes in its course, such as `44100 Hz with 1 channel`, as far as its packets show.
        language: As the container has it, such as `ger` or `de-AT`. Anything may stand there.
        title: As the container has it. Anything may stand there.
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
        """When its last sample ends."""
        return None if self.duration_seconds is None else self.start_seconds + self.duration_seconds


@dataclass(frozen=True)
class Chapter:
    """A part of a film that has a name.

    Attributes:
        start: Seconds from the start of the file.
        title: As the file has it, or plain text in a film. Empty where there is none.
    """

    start: float
    title: str


@dataclass(frozen=True)
class FoundTrack:
    """A picture or a sound of a file, and how far it can be used.

    Attributes:
        index: Its place among the streams.
        state: `used`; `ignored` beside a better one; `still`, such as a cover; `empty` without packets; `undecodable`.
        codec: As ffmpeg calls it; None where it knows none.
        language: As the container has it.
    """

    index: int
    kind: Literal["video", "audio"]
    state: Literal["used", "ignored", "still", "empty", "undecodable"]
    codec: str | None = None
    language: str = ""


@dataclass(frozen=True)
class MediaInfo:
    """What a file holds.

    Attributes:
        duration_seconds: From the start of the file to the end of the tracks that are used, if all packets were read;
            else as the container says. None where nothing says.
        streams: How many there are of any kind.
        video: The best picture that can be decoded (`stoker.probe.tracks`); a cover picture is none.
        audio: The best sound that can be decoded.
        container: ffmpeg's names for the format of the file.
        bits_per_second: Of all streams together.
        measured: Whether all packets were read.
        told_seconds: The duration that the demuxer has from the container, or guesses.
        reached_seconds: Where the last packet of any stream ends, where all were read.
        missing_share: The share of the file that lies beyond its end, by the sizes in its container; None where those
            do not say.
        tracks: All pictures and sounds.
        subtitles: All that there are, text or not.
        sounds: Every sound of which a sample was decoded.
        chapters: In the order of their start.
    """

    duration_seconds: float | None
    streams: int
    video: VideoStream | None
    audio: AudioStream | None
    container: str = ""
    bits_per_second: int | None = None
    measured: bool = False
    told_seconds: float | None = None
    reached_seconds: float | None = None
    missing_share: float | None = None
    tracks: tuple[FoundTrack, ...] = ()
    subtitles: tuple[TextTrack, ...] = ()
    sounds: tuple[AudioStream, ...] = ()
    chapters: tuple[Chapter, ...] = ()

    @classmethod
    def from_answer(cls, answer: Mapping[str, Any]) -> Self:
        """Reads the answer of the child process."""
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
    """A child process that opens files; it starts at once, so that it is ready when the download is.

    Example:
        >>> with Prober() as prober:  # doctest: +SKIP
        ...     prober.probe(Path("cat.mov")).duration_seconds
        30.0

    Args:
        patience: Makes what ends a child that takes too long.

    Attributes:
        child: The process.
    """

    def __init__(self, patience: Callable[[subprocess.Popen[bytes]], Patience] = Patience) -> None:
        self._patience = patience
        script = Path(__file__).with_name("probe_child.py")
        arguments = [str(os.getpid()), str(config.MEDIA_MEMORY_BYTES)]
        self.child = subprocess.Popen(
            [sys.executable, "-I", str(script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # decoders chat there, at the file's will
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
        """Says what a file holds.

        Args:
            file: The file, here or remote.
            formats: The demuxers that may open it.
            measure: Whether to read all packets, rather than to believe what its container says. None reads those of a
                file that is here, and those of a remote one if its container does not say enough.
            language: Of the sound to prefer, as BCP 47 or ISO 639-2 has it.

        Raises:
            NotReadable: The child takes longer than `PROBE_SECONDS` and the time of `READ_BYTES_A_SECOND`, or crashes.
            EncoderFailed: The child was killed, for want of memory or because the machine goes down.
            InputNotFound, Unavailable: What is remote could not be read.
        """
        remote = file if isinstance(file, Remote) else None
        named = {"size": remote.size} if remote else {"path": str(file)}
        patience = self._patience(self.child)
        if isinstance(file, Path) and file.exists():
            patience.give(file.stat().st_size, file.stat().st_size)
        request = {**named, "formats": formats, "measure": measure, "language": language}
        line = self._ask(request, remote, patience)
        if not line:
            if self.child.wait() == -signal.SIGKILL and not patience.ended:
                raise EncoderFailed("The process that opens the file was stopped.")
            raise NotReadable("the decoder gave up on it")
        answer = json.loads(line)
        if "error" in answer:
            raise NotReadable(answer["error"])
        return MediaInfo.from_answer(answer)

    def _ask(self, request: dict[str, Any], remote: Remote | None, patience: Patience) -> bytes:
        """The child's answer; while it asks for ranges of what is remote, it gets them."""
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        say = json.dumps(request).encode() + b"\n"
        try:
            while True:
                with patience:
                    self.child.stdin.write(say)
                    self.child.stdin.flush()
                    line = self.child.stdout.readline()
                if remote is None or not line.startswith(RANGE):
                    return line
                offset, length = map(int, line.removeprefix(RANGE).split())
                say = remote.read(offset, length)
                patience.give(len(say), remote.size)
        except BrokenPipeError:
            return b""
