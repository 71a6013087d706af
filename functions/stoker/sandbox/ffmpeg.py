"""Runs ffmpeg on a user's file: confined, watched, and told to stop when the job is."""

import math
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

from stoker import config
from stoker.errors import EncoderFailed
from stoker.sandbox.child import ENVIRONMENT, command
from stoker.sandbox.ffmpeg_limits import Limit, met
from stoker.sandbox.formats import CONTAINERS, PROTOCOLS

STDERR_BYTES = 16 * 1024
"""How much of what ffmpeg complains of is kept: the end says why it stopped."""

POLL_SECONDS = 0.5
"""How often ffmpeg tells its progress, and how long a cancelled job may go on unasked."""


class FfmpegFailed(Exception):
    """ffmpeg stopped with an error.

    Args:
        status: Its exit status; negative where a signal ended it.
        complaint: The end of what it wrote to standard error.
    """

    def __init__(self, status: int, complaint: str) -> None:
        super().__init__(f"ffmpeg ended with {status}: {complaint}")
        self.status = status
        self.complaint = complaint

    @property
    def killed(self) -> bool:
        """Whether someone else ended it, so that another attempt may succeed. A crash is the file's own doing."""
        return -self.status in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)

    @property
    def limit(self) -> Limit | None:
        """The limit that stopped it, as it will again; None where something else did."""
        return met(self.complaint)

    @property
    def too_much(self) -> bool:
        """Whether it met a limit that it was given."""
        return self.limit is not None


def ffmpeg_path() -> str:
    """The ffmpeg that comes with the `imageio-ffmpeg` package: Google's images may have none."""
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())


def input_options(formats: str = CONTAINERS, protocols: str = PROTOCOLS) -> list[str]:
    """The options that must stand before `-i` for every file that a user brought."""
    return [
        *("-protocol_whitelist", protocols),
        *("-format_whitelist", formats),
        *("-max_pixels", str(config.MAX_SOURCE_PIXELS)),
    ]


def ffmpeg_command(arguments: Sequence[str]) -> list[str]:
    """The whole command for inputs, filters and outputs that are given."""
    return [
        ffmpeg_path(),
        *("-hide_banner", "-nostdin", "-y", "-loglevel", "error"),
        *("-progress", "pipe:1", "-stats_period", str(POLL_SECONDS)),
        *("-max_alloc", str(config.MAX_BUFFER_BYTES)),
        *arguments,
    ]


def run_ffmpeg(
    arguments: Sequence[str],
    folder: Path,
    on_progress: Callable[[float], None],
    frames_per_second: float = 0,
    feed: Iterator[bytes] | None = None,
) -> str:
    """Runs ffmpeg to its end.

    Args:
        arguments: Inputs, filters and outputs; paths are relative to `folder`.
        folder: Its working folder.
        on_progress: Called with the seconds of media written so far, about every `POLL_SECONDS` whether there is
            news or not; what it raises stops ffmpeg.
        frames_per_second: Of the first picture that it writes, where there is one. ffmpeg itself tells no time while
            one of its outputs has not begun, as a still from the middle of the film has not.
        feed: What it gets by standard input; what this raises, is raised here.

    Returns:
        The end of what it wrote to standard error, although it went well.

    Raises:
        FfmpegFailed: It stopped with an error.
        EncoderFailed: It said nothing new for `config.STALL_SECONDS`.
    """
    process = subprocess.Popen(
        command(config.MEDIA_MEMORY_BYTES, config.MAX_OUTPUT_BYTES, ffmpeg_command(arguments)),
        cwd=folder,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL if feed is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    feeder = None if feed is None else _Feeder(feed, process)
    try:
        ended, complaint = _watch(process, on_progress, frames_per_second, feeder)
        status = process.wait()
    finally:
        process.kill()
        if feeder:
            feeder.join()
        process.communicate()
    if feeder and feeder.error:
        raise feeder.error
    # After a signal the files are playable and cut short, and the status may still be 0.
    if status != 0 or not ended:
        raise FfmpegFailed(status, complaint)
    return complaint


class _Feeder(threading.Thread):
    """Writes to the standard input of a process until that has enough.

    Attributes:
        error: What kept it from writing all that the process wanted.
        moved_at: When the process last took something, by the monotonic clock.
    """

    def __init__(self, feed: Iterator[bytes], process: subprocess.Popen[bytes]) -> None:
        super().__init__(daemon=True)
        assert process.stdin is not None
        self.error: Exception | None = None
        self.moved_at = time.monotonic()
        self._feed = feed
        self._pipe, process.stdin = process.stdin, None
        self.start()

    def run(self) -> None:
        try:
            with self._pipe:
                for chunk in self._feed:
                    self._pipe.write(chunk)
                    self.moved_at = time.monotonic()
        except BrokenPipeError:
            pass  # It has all that it wants: a poster needs no end of the film.
        except Exception as error:
            self.error = error


def _watch(
    process: subprocess.Popen[bytes],
    on_progress: Callable[[float], None],
    frames_per_second: float,
    feeder: _Feeder | None,
) -> tuple[bool, str]:
    """Reads both pipes until ffmpeg closes them; says whether it reported its end, and what it complained of."""
    assert process.stdout is not None
    assert process.stderr is not None
    progress, complaint = FfmpegProgress(frames_per_second), bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ, progress.feed)
        selector.register(process.stderr, selectors.EVENT_READ, complaint.extend)
        while selector.get_map():
            for key, _ in selector.select(POLL_SECONDS):
                pipe: IO[bytes] = key.fileobj  # type: ignore[assignment]
                data = os.read(pipe.fileno(), 65_536)
                if data:
                    key.data(data)
                else:
                    selector.unregister(pipe)
            del complaint[:-STDERR_BYTES]
            on_progress(progress.seconds)
            # Before a late part of a film that comes through a pipe, it reads for long and writes nothing.
            fed = time.monotonic() - feeder.moved_at if feeder else math.inf
            if min(progress.silent_seconds, fed) > config.STALL_SECONDS:
                raise EncoderFailed("The encoder got stuck on this file.")
    return progress.ended, complaint.decode(errors="replace").strip()


class FfmpegProgress:
    """Reads what `-progress` writes: lines of `name=value`, with `progress=end` last.

    Args:
        frames_per_second: Of the picture whose frames are counted; 0 where they tell no time.

    Attributes:
        seconds: Seconds of media written so far.
        ended: Whether ffmpeg has said that it came to its end.
    """

    def __init__(self, frames_per_second: float = 0) -> None:
        self.seconds = 0.0
        self.ended = False
        self._frames_per_second = frames_per_second
        self._rest = b""
        self._moved_at = time.monotonic()

    @property
    def silent_seconds(self) -> float:
        """How long there has been no news."""
        return time.monotonic() - self._moved_at

    def feed(self, data: bytes) -> None:
        """Takes what has arrived; a line may come in pieces."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            name, _, value = line.partition(b"=")
            if name == b"out_time_us" and value.strip().isdigit():
                self._move(int(value) / 1_000_000)
            elif name == b"frame" and value.strip().isdigit() and self._frames_per_second:
                self._move(int(value) / self._frames_per_second)
            elif name == b"progress":
                self.ended = value.strip() == b"end"

    def _move(self, seconds: float) -> None:
        if seconds > self.seconds:
            self.seconds = seconds
            self._moved_at = time.monotonic()
