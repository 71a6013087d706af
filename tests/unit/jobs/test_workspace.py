"""Nothing stays in /tmp."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from stoker.jobs.workspace import workspace


@pytest.fixture(autouse=True)
def _own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_the_folder_goes_with_all_that_is_in_it() -> None:
    with workspace() as folder:
        (folder / "deep").mkdir()
        (folder / "deep" / "file").write_text("left")
    assert not folder.exists()


def test_the_folder_goes_after_an_error() -> None:
    with pytest.raises(RuntimeError), workspace() as folder:
        raise RuntimeError
    assert not folder.exists()


def test_no_one_else_may_enter() -> None:
    with workspace() as folder:
        assert folder.stat().st_mode & 0o077 == 0


def test_folders_of_dead_processes_go_and_those_of_living_ones_stay(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    abandoned = tmp_path / f"stoker-job-{dead.pid}-abc"
    abandoned.mkdir()
    (abandoned / "source").write_text("a film")
    with workspace() as ours:
        with workspace():
            assert ours.exists()
        assert not abandoned.exists()
