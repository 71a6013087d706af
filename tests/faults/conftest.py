"""Faults are injected into a running suite. The tests check what a user would notice."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import pytest

from emulator.conftest import _suite, apart, database, nothing_left_in_tmp, queued, undelivered, user
from emulator.conftest import settings as settings
from faults.faulty_suite import FaultySuite, entered, started
from stoker_tools.emulators import Emulators

__all__ = ["_suite", "apart", "database", "nothing_left_in_tmp", "queued", "settings", "undelivered", "user"]


@pytest.fixture(scope="session")
def faulty_emulators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulators]:
    """The second suite. It starts when a test needs it."""
    with started(tmp_path_factory.mktemp("functions")) as emulators:
        yield emulators


@pytest.fixture(scope="module")
def faulty(faulty_emulators: Emulators) -> Iterator[FaultySuite]:
    """The second suite, to which everything in this process leads while a module's tests run."""
    with entered(faulty_emulators) as suite:
        yield suite


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film that takes about half a second to encode."""
    file = tmp_path_factory.mktemp("film") / "film.mp4"
    picture = ("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=10")
    codec = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-y", "-loglevel", "error", *picture, *codec, str(file)]
    subprocess.run(command, check=True)
    return file
