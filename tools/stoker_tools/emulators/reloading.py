"""Keeps a running suite in step with the functions' source: what `main.py` declares, and its schedules."""

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from stoker_tools.emulators.discovery import Manifest
from stoker_tools.emulators.errors import LoadError
from stoker_tools.emulators.schedules import Clock

SECONDS = 1.0  # between two looks


@contextlib.contextmanager
def in_step(
    source: Path, manifest: Manifest, load: Callable[[], Manifest], clock: Callable[[], Clock] | None
) -> Iterator[None]:
    """Runs schedules, and follows changes of the source, while the block runs.

    The emulator itself reloads the code when a file changes; what changes the manifest must be loaded again for it.

    Args:
        source: the directory that holds `main.py`.
        manifest: what it declares now.
        load: loads it again, and hands the new manifest to the emulator.
        clock: makes a clock for the schedules; None if they are not to be run.
    """
    stopped = threading.Event()

    def attend() -> None:
        current, seen = manifest, _changes(source)
        running = _started(clock, current)
        while not stopped.wait(SECONDS):
            if (now := _changes(source)) == seen:
                continue
            seen = now
            try:
                loaded = load()
            except (LoadError, OSError) as error:
                if stopped.is_set():  # the suite's directory is going
                    return
                print(error, file=sys.stderr, flush=True)
                continue
            if loaded.schedules != current.schedules:
                if running:
                    running.stop()
                running = _started(clock, loaded)
            current = loaded
        if running:
            running.stop()

    thread = threading.Thread(target=attend, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()


def _started(clock: Callable[[], Clock] | None, manifest: Manifest) -> Clock | None:
    if clock is None:
        return None
    started = clock()
    started.start(manifest.schedules)
    return started


def _changes(source: Path) -> frozenset[tuple[str, int]]:
    """The Python files of the source, each with the time of its last change."""
    found = []
    for directory, names, files in os.walk(source):
        names[:] = [name for name in names if name not in {"venv", "__pycache__"} and not name.startswith(".")]
        for name in files:
            if name.endswith(".py"):
                path = os.path.join(directory, name)
                with contextlib.suppress(OSError):  # removed since it was listed
                    found.append((path, os.stat(path).st_mtime_ns))
    return frozenset(found)
