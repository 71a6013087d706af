"""A command that is killed, or that fails, leaves the old or the new state. The next command sees to it."""

import contextlib
import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from stoker_tools.cli import stoker
from stoker_tools.exit_codes import ExitCode
from stoker_tools.install.disk import Disk
from stoker_tools.install.errors import InstallError
from stoker_tools.install.journal import Change, Journal, finish_killed
from stoker_tools.setup.environment import ROOT
from unit.install.example_app import make_app, tree

DRIVER = Path(__file__).with_name("killed_commands.py")


@pytest.mark.slow
@pytest.mark.parametrize("command", ["install", "update", "uninstall"])
def test_after_a_kill_the_next_command_brings_the_old_or_the_new_state(command: str, tmp_path: Path) -> None:
    words = [sys.executable, str(DRIVER), command, str(tmp_path)]
    places = os.pathsep.join(str(ROOT / name) for name in ("tools", "functions", "tests"))
    done = subprocess.run(words, env={**os.environ, "PYTHONPATH": places}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)
    assert counts["wrong"] == []
    assert min(counts["old"], counts["new"]) >= 20, counts


CHANGES = [
    Change("firebase.json", None, b"new"),
    Change("a/b/c.txt", None, b"new"),
    Change("functions/index.js", b"exports.hello = 1;\n", None),
]


class Failing(Disk):
    """A disk on which one step fails."""

    def __init__(self, at: int) -> None:
        self.left = at

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise OSError(28, "No space left on device", "disk")


def changes(root: Path) -> list[Change]:
    return [Change("firebase.json", (root / "firebase.json").read_bytes(), b"new"), *CHANGES[1:]]


@pytest.mark.parametrize("at", range(1, 42))
def test_if_a_step_fails_the_state_is_the_old_or_the_new_one(at: int, tmp_path: Path) -> None:
    make_app(tmp_path)
    wanted, before = changes(tmp_path), tree(tmp_path)
    with contextlib.suppress(InstallError, OSError):
        Journal(tmp_path, Failing(at)).carry_out(wanted)
    is_done = (tmp_path / "firebase.json").read_bytes() == b"new"
    finish_killed(tmp_path)
    if is_done:
        assert (tmp_path / "a/b/c.txt").read_bytes() == b"new"
        assert not (tmp_path / "functions/index.js").exists()
        assert not (tmp_path / ".stoker").exists()
    else:
        assert tree(tmp_path) == before


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    make_app(tmp_path)
    with pytest.raises(InstallError, match=r"Nothing was changed: disk: No space left on device\."):
        Journal(tmp_path, Failing(5)).carry_out(changes(tmp_path))
    with pytest.raises(InstallError, match=r"All was undone: disk: No space left on device\."):
        Journal(tmp_path, Failing(25)).carry_out(changes(tmp_path))


def test_a_file_that_changed_since_the_question_is_not_overwritten(tmp_path: Path) -> None:
    make_app(tmp_path)
    wanted = changes(tmp_path)
    (tmp_path / "firebase.json").write_text("{}")
    before = tree(tmp_path)
    with pytest.raises(InstallError, match=r"firebase\.json has changed in the meantime"):
        Journal(tmp_path).carry_out(wanted)
    assert tree(tmp_path) == before


class Ended(BaseException):
    """Stands for the end of the process."""


class Ending(Disk):
    """A disk on which nothing more happens after some steps."""

    def __init__(self, left: int) -> None:
        self.left = left

    def step(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Ended


def test_a_file_that_the_user_changed_after_the_kill_is_not_overwritten(tmp_path: Path) -> None:
    make_app(tmp_path)
    journal = Journal(tmp_path, Ending(22))
    with pytest.raises(Ended):
        journal.carry_out(changes(tmp_path))
    (tmp_path / "firebase.json").write_text("mine")
    with pytest.raises(InstallError, match=r"To keep all files as they are now, remove the folder \.stoker/journal"):
        finish_killed(tmp_path / "functions")
    assert (tmp_path / "firebase.json").read_text() == "mine"


def test_a_link_out_of_the_app_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "out.txt").write_text("old")
    (tmp_path / "app/link.txt").symlink_to(tmp_path / "out.txt")
    with pytest.raises(InstallError, match=r"link\.txt lies outside of the app's folder"):
        Journal(tmp_path / "app").carry_out([Change("link.txt", b"old", b"new")])
    assert (tmp_path / "out.txt").read_text() == "old"


def test_a_link_inside_the_app_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    Journal(tmp_path).carry_out([Change("link.txt", b"old", b"new")])
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"


def test_a_new_file_has_the_permissions_that_the_user_gives_to_new_files(tmp_path: Path) -> None:
    mask = os.umask(0o027)
    try:
        Journal(tmp_path).carry_out([Change("new.txt", None, b"")])
    finally:
        os.umask(mask)
    assert (tmp_path / "new.txt").stat().st_mode & 0o777 == 0o640


def test_two_commands_at_once_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_app(tmp_path)
    monkeypatch.setattr("stoker_tools.setup.environment.enter", lambda _places: None)
    other = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert stoker.main(["install", str(tmp_path), "--yes"]) == ExitCode.LOCKED
    finally:
        os.close(other)
    assert "Another command installs, updates or removes Stoker here" in capsys.readouterr().err
