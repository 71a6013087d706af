"""Fixtures and settings of all tests: the services that they need, and the clips that they work on."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import imageio_ffmpeg
import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["slow"]

# How long an example takes to draw and to run depends on what else the machine does.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

# The commands that tests run look for no other Python, and need not start twice.
os.environ.setdefault("STOKER_PYTHON", sys.executable)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts the programs of `scripts/test &` so. Those to which tests send Ctrl-C would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def missing(what: str) -> None:
    """Skip a test that needs a missing program or service. In CI, fail it, because CI must have everything."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing, and CI must have it.")
    pytest.skip(f"{what} is missing: run this through scripts/test.")


MANY_DOCUMENTS = ("test_roll_up.py", "test_killed_roll_ups.py", "test_documents.py")
"""Tests that write ten thousand documents. The Firestore emulator stays slow after them, even if they are deleted."""


WHOLE_DATABASE = "documents_that_name"
"""Tests that read all documents have a function of this name. It gets slower with every document of other tests."""


@pytest.hookimpl(trylast=True)  # after the shuffle
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run tests that read the whole database first, and tests that leave the emulator slow last."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    if item.path.name in MANY_DOCUMENTS:
        return 2
    return 0 if hasattr(getattr(item, "module", None), WHOLE_DATABASE) else 1


@pytest.fixture(autouse=True)
def _declared_queries_only(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fails a test in which our own code runs a query that is not declared, or makes a call without a deadline, even
    if that code hides it."""
    from declared_only import Guard  # many tests need nothing of what it imports before they run

    guard = Guard(monkeypatch)
    yield
    assert guard.refused == []


Ffmpeg = Callable[..., Path]


@pytest.fixture
def ffmpeg(tmp_path: Path) -> Ffmpeg:
    """Makes a file with ffmpeg: `ffmpeg("name.mp4", "-f", "lavfi", ...)`."""

    def make(name: str, *arguments: str) -> Path:
        file = tmp_path / name
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-y", "-loglevel", "error", *arguments, str(file)]
        subprocess.run(command, check=True)
        return file

    return make


@pytest.fixture(scope="session")
def made_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of moving picture, 320 x 180, with a tone; H.264 and AAC in MP4, index at the front."""
    file = tmp_path_factory.mktemp("clip") / "clip.mp4"
    picture = ("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=3")
    sound = ("-f", "lavfi", "-i", "sine=frequency=440:duration=3")
    codecs = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-ac", "1")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-y", "-loglevel", "error"]
    subprocess.run([*command, *picture, *sound, *codecs, "-movflags", "+faststart", str(file)], check=True)
    return file


@pytest.fixture
def clip(made_clip: Path, tmp_path: Path) -> Path:
    """A copy of the clip that a test may spoil."""
    return Path(shutil.copy(made_clip, tmp_path / "clip.mp4"))
