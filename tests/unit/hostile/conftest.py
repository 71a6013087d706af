"""Watches every test of harm: no child opens a file outside the folder or calls anyone, or takes too much memory."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import Ffmpeg
from unit.hostile.files import PEAK_BYTES, written
from unit.sandbox.guard import Seen, guard


@pytest.fixture(scope="module")
def outside(made_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film that no child may open. It would play if it were opened."""
    return Path(shutil.copy(made_clip, tmp_path_factory.mktemp("outside") / "secret.mp4"))


MADE: dict[tuple[str, ...], bytes] = {}


@pytest.fixture
def ffmpeg(ffmpeg: Ffmpeg, tmp_path: Path) -> Ffmpeg:
    """As it is elsewhere, but what was made once is not made again."""

    def make(name: str, *arguments: str) -> Path:
        if (name, *arguments) in MADE:
            return written(tmp_path, MADE[name, *arguments], name)
        file = ffmpeg(name, *arguments)
        MADE[name, *arguments] = file.read_bytes()
        return file

    return make


@pytest.fixture(autouse=True)
def seen(outside: Path) -> Iterator[Seen]:
    """Watches each test."""
    with guard(outside) as noticed:
        yield noticed
    assert not noticed.opened
    assert not noticed.called
    assert noticed.peak_bytes < PEAK_BYTES
    assert noticed.children == []
