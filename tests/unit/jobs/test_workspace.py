"""Nothing stays in /tmp."""

import os
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
    program = "from stoker.jobs.workspace import workspace\nwith workspace() as ours: print(ours, flush=True); input()"
    dies = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(tmp_path)},
    )
    assert dies.stdout is not None
    abandoned = Path(dies.stdout.readline().strip())
    (abandoned / "source").write_text("a film")
    with workspace():
        assert abandoned.exists()
    dies.kill()
    os.waitid(os.P_PID, dies.pid, os.WEXITED | os.WNOWAIT)  # dead, and still a zombie
    with workspace() as ours:
        with workspace():
            assert ours.exists()
        assert not abandoned.exists()
    dies.communicate()
