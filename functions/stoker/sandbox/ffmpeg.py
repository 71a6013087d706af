"""Runs of ffmpeg on a user's file. They are confined and watched, and stop when the job stops."""

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
from stoker.sandbox.ffmpeg_limits import Limit, limit_in
from stoker.sandbox.formats import CONTAINERS, PROTOCOLS

STDERR_BYTES = 16 * 1024
"""Bytes of ffmpeg's error output that are kept, from its end: the last lines say why it stopped."""

POLL_SECONDS = 0.5
"""Seconds between two progress reports of ffmpeg. A cancelled job stops within this time."""


class FfmpegFailed(Exception):
    """ffmpeg stopped with an error.

    Args:
        status: Its exit status; negative if a signal ended it.
        error_output: The end of its error output.
    """

    def __init__(self, status: int, error_output: str) -> None:
        super().__init__(f"ffmpeg ended with {status}: {error_output}")
        self.status = status
        self.error_output = error_output

    @property
    def killed(self) -> bool:
        """Return whether a signal from outside ended it. Then another attempt may succeed; a crash would come again."""
        return -self.status in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)

    @property
    def limit(self) -> Limit | None:
        """The limit that stopped it, and would stop it again; None if something else stopped it."""
        return limit_in(self.error_output)

    @property
    def hit_limit(self) -> bool:
        """Return whether it stopped at a limit that it was given."""
        return self.limit is not None


def ffmpeg_path() -> str:
    """Return the path of the ffmpeg in the `imageio-ffmpeg` package. Google's images may have no ffmpeg."""
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())


def input_options(formats: str = CONTAINERS, protocols: str = PROTOCOLS) -> list[str]:
    """Return the options that must stand before `-i` for every file from a user.

    Args:
        formats: ffmpeg's names of the demuxers that may open the file, separated by commas.
        protocols: ffmpeg's names of the protocols that may read the file, separated by commas.
    """
    return [
        *("-protocol_whitelist", protocols),
        *("-format_whitelist", formats),
        *("-max_pixels", str(config.MAX_SOURCE_PIXELS)),
    ]


def ffmpeg_command(arguments: Sequence[str]) -> list[str]:
    """Return the whole command for the given inputs, filters and outputs."""
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
    """Run ffmpeg to its end.

    Args:
        arguments: Inputs, filters and outputs. Paths are relative to `folder`.
        folder: The working folder of ffmpeg.
        on_progress: Called about every `POLL_SECONDS` with the seconds of media written so far, also if they are the
            same as before. If it raises an exception, ffmpeg is stopped.
        frames_per_second: The frame rate of the first picture that ffmpeg writes, if it writes a picture. ffmpeg
            reports no time while one of its outputs has not begun, such as a still from the middle of the film. Until
            then, frames are counted instead.
        feed: The bytes for standard input. If reading them raises an exception, it is raised here.

    Returns:
        The end of ffmpeg's error output, which may have warnings although ffmpeg succeeded.

    Raises:
        FfmpegFailed: ffmpeg stopped with an error.
        EncoderFailed: ffmpeg made no progress for `config.STALL_SECONDS`.
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
        ended, error_output = _watch(process, on_progress, frames_per_second, feeder)
        status = process.wait()
    finally:
        process.kill()
        if feeder:
            feeder.join()
        process.communicate()
    if feeder and feeder.error:
        raise feeder.error
    # After a signal, ffmpeg closes its files properly, and its status may be 0. The files are cut short nevertheless.
    if status != 0 or not ended:
        raise FfmpegFailed(status, error_output)
    return error_output


class _Feeder(threading.Thread):
    """A thread that writes to the standard input of a process until the process takes no more.

    Attributes:
        error: The exception of the feed, if it raised one.
        moved_at: When the process last took bytes, by the monotonic clock, in seconds.
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
            pass  # The process needs no more: a poster does not need the end of the film.
        except Exception as error:
            self.error = error


def _watch(
    process: subprocess.Popen[bytes],
    on_progress: Callable[[float], None],
    frames_per_second: float,
    feeder: _Feeder | None,
) -> tuple[bool, str]:
    """Read both pipes until ffmpeg closes them. Return whether it reported its end, and its error output."""
    assert process.stdout is not None
    assert process.stderr is not None
    progress, error_output = FfmpegProgress(frames_per_second), bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ, progress.feed)
        selector.register(process.stderr, selectors.EVENT_READ, error_output.extend)
        while selector.get_map():
            for key, _ in selector.select(POLL_SECONDS):
                pipe: IO[bytes] = key.fileobj  # type: ignore[assignment]
                data = os.read(pipe.fileno(), 65_536)
                if data:
                    key.data(data)
                else:
                    selector.unregister(pipe)
            del error_output[:-STDERR_BYTES]
            on_progress(progress.seconds)
            # A part late in a film that comes through a pipe: ffmpeg reads for a long time before it writes anything.
            fed = time.monotonic() - feeder.moved_at if feeder else math.inf
            if min(progress.silent_seconds, fed) > config.STALL_SECONDS:
                raise EncoderFailed("The encoder got stuck on this file.")
    return progress.ended, error_output.decode(errors="replace").strip()


class FfmpegProgress:
    """A parser of what `-progress` writes: lines of `name=value`, with `progress=end` last.

    Args:
        frames_per_second: The rate of the frames that ffmpeg counts; 0 if their count gives no time.

    Attributes:
        seconds: Seconds of media written so far.
        ended: Whether ffmpeg has reported its end.
    """

    def __init__(self, frames_per_second: float = 0) -> None:
        self.seconds = 0.0
        self.ended = False
        self._frames_per_second = frames_per_second
        self._rest = b""
        self._moved_at = time.monotonic()

    @property
    def silent_seconds(self) -> float:
        """Seconds since ffmpeg last made progress."""
        return time.monotonic() - self._moved_at

    def feed(self, data: bytes) -> None:
        """Parse bytes that have arrived. A line may come in pieces."""
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
