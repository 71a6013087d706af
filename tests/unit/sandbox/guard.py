"""A guard that observes the children of this process: the files they open, the servers they call, and their memory."""

import ctypes
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

IN_ACCESS, IN_OPEN = 0x1, 0x20
"""Source: sys/inotify.h."""

SAMPLE_SECONDS = 0.02


@dataclass
class Seen:
    """The observations of a guard.

    Attributes:
        address: The address of a server on this machine that nothing may call.
        opened: True if the file was opened that nothing may open.
        called: True if the server was called.
        peak_bytes: The most memory that a child has had.
        children: The children that are still running.
    """

    address: str
    opened: bool = False
    called: bool = False
    peak_bytes: int = 0
    children: list[str] = field(default_factory=list)


@contextmanager
def guard(forbidden: Path) -> Iterator[Seen]:
    """Watch this process's children. The observations are complete when the context has ended.

    Args:
        forbidden: A file that no child may open.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    notices = libc.inotify_init1(os.O_NONBLOCK)
    assert notices >= 0
    assert libc.inotify_add_watch(notices, os.fsencode(forbidden), IN_ACCESS | IN_OPEN) >= 0
    over = threading.Event()
    before = _children()  # other tests of this process may have started a suite
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        seen = Seen(f"http://127.0.0.1:{server.getsockname()[1]}")
        watching = threading.Thread(target=_measure, args=(seen, over, before))
        watching.start()
        try:
            yield seen
        finally:
            over.set()
            watching.join()
            seen.opened = _answers(lambda: os.read(notices, 4096))
            seen.called = _answers(lambda: server.accept()[0].close())
            seen.children = [_read(Path(f"/proc/{child}/cmdline")).replace("\0", " ") for child in _children() - before]
            os.close(notices)


def _measure(seen: Seen, over: threading.Event, before: set[str]) -> None:
    while not over.wait(SAMPLE_SECONDS):
        for child in _children() - before:
            seen.peak_bytes = max(seen.peak_bytes, _peak_bytes(child))


def _children() -> set[str]:
    """The ids of this process's children. psutil looks at every process for them, which takes a third of a core."""
    return {child for listed in Path("/proc/self/task").glob("*/children") for child in _read(listed).split()}


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""  # the thread or the process has ended just now


def _peak_bytes(process: str) -> int:
    """Return the peak memory of a process so far. The kernel keeps the peak, so none is missed between two looks.

    A child that has not started its program yet is a copy of this process, and counts as 0.
    """
    try:
        if Path(f"/proc/{process}/cmdline").read_bytes() == Path("/proc/self/cmdline").read_bytes():
            return 0
        status = Path(f"/proc/{process}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(found[0]) * 1024 if found else 0


def _answers(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except BlockingIOError:
        return False
    return True
