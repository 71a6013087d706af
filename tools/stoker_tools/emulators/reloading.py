"""Following changes of the functions' source: the manifest and the schedules of a running suite."""

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from stoker_tools.emulators.discovery import Manifest
from stoker_tools.emulators.errors import LoadError
from stoker_tools.emulators.schedules import Clock

LOOK_SECONDS = 1.0
"""The time between two looks at the source."""


@contextlib.contextmanager
def in_step(
    source: Path, manifest: Manifest, load: Callable[[], Manifest], clock: Callable[[], Clock] | None
) -> Iterator[None]:
    """Run schedules, and follow changes of the source, while the block runs.

    The emulator itself reloads the code when a file changes. It does not read a new manifest by itself.

    Args:
        source: The directory that holds `main.py`.
        manifest: The present manifest.
        load: Loads the manifest again, and hands it to the emulator.
        clock: Makes a clock for the schedules. None if schedules do not run.
    """
    stopped = threading.Event()

    def attend() -> None:
        current, seen = manifest, _changes(source)
        running = _started(clock, current)
        while not stopped.wait(LOOK_SECONDS):
            if (now := _changes(source)) == seen:
                continue
            seen = now
            try:
                loaded = load()
            except (LoadError, OSError) as error:
                if stopped.is_set():  # The suite's directory is being removed.
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
    """Return the Python files of the source, each with the time of its last change."""
    found = []
    for directory, names, files in os.walk(source):
        names[:] = [name for name in names if name not in {"venv", "__pycache__"} and not name.startswith(".")]
        for name in files:
            if name.endswith(".py"):
                path = os.path.join(directory, name)
                with contextlib.suppress(OSError):  # The file was removed after it was listed.
                    found.append((path, os.stat(path).st_mtime_ns))
    return frozenset(found)
