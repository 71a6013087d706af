"""What a file holds, found out by a child process that may crash without harm."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from stoker import config
from stoker.errors import EncoderFailed
from stoker.media.child import ENVIRONMENT
from stoker.media.formats import CONTAINERS
from stoker.media.streaming import Remote
from stoker.media.text_tracks import TextTrack

PROBE_SECONDS = 30
"""A file that takes longer to open is made to take long."""

READ_BYTES_A_SECOND = 10e6
"""What a film that is read by ranges, to its end, takes beside that, at the least."""


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

    Attributes:
        index: Its place among the streams.
        width: Pixels as shown: with square pixels, and turned as the file says.
        height: Pixels as shown.
        square_pixels: Whether each of its own pixels is as wide as high.
        frames_per_second: On average.
        duration_seconds: Of this stream alone, where the file says.
        pixel_format: As ffmpeg calls it.
        bit_depth: Of each colour.
        rotation: Degrees by which the picture is turned before it is shown, counter-clockwise.
        interlaced: Whether each frame is two halves, of different times.
        hdr: `pq` (HDR10) or `hlg` where it is brighter than screens usually are.
        bits_per_second: Of this stream alone, where the file says.
        start_seconds: When its first picture is shown, on the clock of the file.
        colours: What the file says of its colours.
        longest_frame_seconds: How long the frame is shown that is shown longest, as far as known.
        steady: Whether its size never changes and no frame is interlaced, as far as the headers of all packets say.
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
    longest_frame_seconds: float = 0
    steady: bool = False


@dataclass(frozen=True)
class AudioStream:
    """The sound of a file.

    Attributes:
        layout: Which channels there are, as ffmpeg calls it: `stereo`, `5.1(side)`.
        profile: Of the codec, such as `LC`.
        start_seconds: When its first sample is heard, on the clock of the file.
        language: As the file has it, of ISO 639-2 or BCP 47. Anything may stand there.
        title: As the file has it. Anything may stand there.
    """

    index: int
    codec: str
    channels: int
    duration_seconds: float | None
    layout: str = "stereo"
    samples_per_second: int = 48_000
    profile: str | None = None
    start_seconds: float = 0
    language: str | None = None
    title: str | None = None


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
class MediaInfo:
    """What a file holds.

    Attributes:
        duration_seconds: Of its longest stream; None where nothing in it tells.
        streams: How many there are of any kind.
        video: The first film; a cover picture is none.
        audio: The first sound.
        container: ffmpeg's names for the format of the file.
        bits_per_second: Of all streams together.
        subtitles: All that there are, text or not.
        sounds: Every sound of which a sample can be decoded, at most `probe_child.MAX_SOUNDS`.
        chapters: In the order of their start, at most `probe_child.MAX_CHAPTERS`.
    """

    duration_seconds: float | None
    streams: int
    video: VideoStream | None
    audio: AudioStream | None
    container: str = ""
    bits_per_second: int | None = None
    subtitles: tuple[TextTrack, ...] = ()
    sounds: tuple[AudioStream, ...] = ()
    chapters: tuple[Chapter, ...] = ()

    @classmethod
    def from_answer(cls, answer: Mapping[str, Any]) -> Self:
        """Reads the answer of the child process."""
        video, audio = answer["video"], answer["audio"]
        return cls(
            duration_seconds=answer["duration_seconds"],
            streams=answer["streams"],
            video=VideoStream(**{**video, "colours": Colours(**video["colours"])}) if video else None,
            audio=AudioStream(**audio) if audio else None,
            container=answer["container"],
            bits_per_second=answer["bits_per_second"],
            subtitles=tuple(TextTrack(**track) for track in answer["subtitles"]),
            sounds=tuple(AudioStream(**sound) for sound in answer["sounds"]),
            chapters=tuple(Chapter(**chapter) for chapter in answer["chapters"]),
        )


class Prober:
    """A child process that opens files; it starts at once, so that it is ready when the download is.

    Example:
        >>> with Prober() as prober:  # doctest: +SKIP
        ...     prober.probe(Path("cat.mov")).duration_seconds
        30.0
    """

    def __init__(self) -> None:
        script = Path(__file__).with_name("probe_child.py")
        arguments = [str(os.getpid()), str(config.MEDIA_MEMORY_BYTES)]
        self._child = subprocess.Popen(
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
        self._child.kill()
        self._child.communicate()

    def probe(self, file: Path | Remote, formats: str = CONTAINERS, *, measure: bool = False) -> MediaInfo:
        """Says what a file holds.

        Args:
            file: The file, here or remote.
            formats: The demuxers that may open it.
            measure: Whether to read it to its end, rather than to believe the duration that it tells.

        Raises:
            NotReadable: It can't be opened in `PROBE_SECONDS`, or crashes what opens it.
            EncoderFailed: The child was killed, for want of memory or because the machine goes down.
            InputNotFound, Unavailable: What is remote could not be read.
        """
        late = threading.Event()

        def give_up() -> None:
            late.set()
            self._child.kill()

        remote = file if isinstance(file, Remote) else None
        named = {"size": remote.size} if remote else {"path": str(file)}
        reading = remote.size / READ_BYTES_A_SECOND if remote and measure else 0
        timer = threading.Timer(PROBE_SECONDS + reading, give_up)
        timer.start()
        try:
            line = self._ask({**named, "formats": formats, "measure": measure}, remote)
        finally:
            timer.cancel()
        if not line:
            if self._child.wait() == -signal.SIGKILL and not late.is_set():
                raise EncoderFailed("The process that opens the file was stopped.")
            raise NotReadable("the decoder gave up on it")
        answer = json.loads(line)
        if "error" in answer:
            raise NotReadable(answer["error"])
        return MediaInfo.from_answer(answer)

    def _ask(self, request: dict[str, Any], remote: Remote | None) -> bytes:
        """The child's answer; while it asks for ranges of what is remote, it gets them."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        say = json.dumps(request).encode() + b"\n"
        try:
            while True:
                self._child.stdin.write(say)
                self._child.stdin.flush()
                line = self._child.stdout.readline()
                if remote is None or not line.startswith(RANGE):
                    return line
                offset, length = map(int, line.removeprefix(RANGE).split())
                say = remote.read(offset, length)
        except BrokenPipeError:
            return b""
