"""A function of an app that reads a user's file, in a confined child process."""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from stoker import config
from stoker.errors import EncoderFailed, InputTooLarge, UnsupportedMedia
from stoker.sandbox.child import ENVIRONMENT

POLL_SECONDS = 0.25
"""The longest time between two calls of `on_share`, in seconds."""

MAX_ANSWER_BYTES = 1024**2
"""The most bytes that a child may answer. Files are written to its folder instead."""


WRONG: dict[str, Any] = {"wrong": True}
"""In the place of a line that a child must not write."""


def run_confined(
    function: str,
    request: Mapping[str, Any],
    *,
    name: str,
    folder: Path,
    on_share: Callable[[float], None],
    seconds: float,
    memory_bytes: int,
    file_bytes: int = config.MAX_OUTPUT_BYTES,
) -> Any:
    """Run a function that reads a user's file in a child process, which has no network and few means.

    The child can't open sockets or start other programs, has an empty environment, and dies with its parent. Its memory
    and its files have a limit. It runs as the same user as its parent, so it can read what the worker can read. The
    function's module must not import Google's libraries, because each call of
    this function starts a new process.

    Args:
        function: The function as `module:name`. It takes the request and a function to which it may report its share of
            the work, from 0 to 1. Its answer must be JSON.
        request: The request. It must be JSON.
        name: The name of the file, for the sentences of the errors.
        folder: The folder in which the child works, such as `context.workspace`.
        on_share: A function that is called several times a second with the share that the child reported last. An error
            that it raises stops the child.
        seconds: The longest time that the child may take, in seconds.
        memory_bytes: The most memory that the child may take, in bytes. It is the address space, so it counts the
            libraries too.
        file_bytes: The largest file that the child may write, in bytes.

    Returns:
        The function's answer.

    Raises:
        InputTooLarge: The child needed more memory, time or room than it may have.
        UnsupportedMedia: A decoder crashed.
        EncoderFailed: The child was killed from outside.
        RuntimeError: The function raised an exception. The message holds it.

    Example:
        >>> run_confined(
        ...     "image_child:convert", {"source": "source"}, name="cat.heic", folder=context.workspace,
        ...     on_share=lambda share: context.report(100 * share, "converting"), seconds=60, memory_bytes=2 * 1024**3,
        ... )  # doctest: +SKIP
        {'files': []}
    """
    script = Path(__file__).with_name("confined_child.py")
    arguments = [str(os.getpid()), str(memory_bytes), str(file_bytes)]
    order = {"path": [os.path.abspath(entry) for entry in sys.path], "function": function, "request": dict(request)}
    with subprocess.Popen(
        [sys.executable, "-I", str(script), *arguments],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # A file may make a decoder write any amount there.
        env=ENVIRONMENT,
    ) as child:
        try:
            last = _listen(child, json.dumps(order).encode(), on_share, seconds)
        finally:
            child.kill()
    if last is None:
        raise InputTooLarge(f"Work on the file {name!r} took longer than {seconds:g} seconds. Upload a smaller one.")
    if "answer" in last:
        return last["answer"]
    if "error" in last:
        raise RuntimeError(f"{function} raised {last['error']}")
    if last.get("limit") == "memory":
        raise InputTooLarge(f"The file {name!r} needs more memory than its worker has. Upload a smaller one.")
    if last.get("limit") == "room":
        raise InputTooLarge(f"What was made of the file {name!r} is too large. Upload a smaller one.")
    if child.returncode == -signal.SIGKILL and last != WRONG:
        raise EncoderFailed(f"The process that works on the file {name!r} was stopped.")
    raise UnsupportedMedia(
        f"The file {name!r} can't be read: the decoder gave up on it. Convert it and upload it again."
    )


def _listen(
    child: subprocess.Popen[bytes], order: bytes, on_share: Callable[[float], None], seconds: float
) -> dict[str, Any] | None:
    """Return the child's last line, which is empty if it died without an answer; None if its time is over."""
    assert child.stdin is not None
    assert child.stdout is not None
    until, share = time.monotonic() + seconds, 0.0
    try:
        child.stdin.write(order)
        child.stdin.close()
    except BrokenPipeError:
        child.wait()
        return {}
    lines = _Lines(child.stdout)
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while time.monotonic() < until:
            if selector.select(POLL_SECONDS):
                for line in lines.read():
                    if "share" not in line:
                        return line
                    share = line["share"]
                if lines.ended:
                    child.wait()
                    return {}
            on_share(share)
    return None


class _Lines:
    """The lines of a pipe, as they arrive.

    Args:
        pipe: The pipe.

    Attributes:
        ended: Whether the pipe has ended.
    """

    def __init__(self, pipe: IO[bytes]) -> None:
        self.ended = False
        self._pipe = pipe
        self._rest = b""

    def read(self) -> list[dict[str, Any]]:
        """Return the lines that have arrived whole."""
        data = os.read(self._pipe.fileno(), 65_536)
        if not data:
            self.ended = True
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > MAX_ANSWER_BYTES:
            raise RuntimeError(f"A child answered with more than {MAX_ANSWER_BYTES:,} bytes. Write files instead.")
        return [_valid(line) for line in lines]


def _valid(line: bytes) -> dict[str, Any]:
    """Return a line of a child; `WRONG` if it is none. A file may have taken the child over."""
    try:
        found = json.loads(line)
        if isinstance(found, dict) and "share" in found:
            return {"share": min(1.0, max(0.0, float(found["share"])))}
    except (ValueError, TypeError):
        return WRONG
    return found if isinstance(found, dict) else WRONG
