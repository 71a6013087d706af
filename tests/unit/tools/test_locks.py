"""Lock files: when they are stale, and on which machines they can be installed."""

import os
import subprocess
from pathlib import Path

import pytest

from conftest import missing
from stoker_tools.setup import app_root, locks, uv
from stoker_tools.setup.environment import ROOT
from stoker_tools.setup.locks import DEV, FUNCTIONS, LOCKS, is_stale

SUPPORTED = {
    "x86_64-unknown-linux-gnu": {},
    "aarch64-unknown-linux-gnu": {},
    "aarch64-apple-darwin": {"MACOSX_DEPLOYMENT_TARGET": "14.0"},  # av has no files for an older macOS
}
"""The machines for which all packages must be there as wheels, so that nothing is compiled."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A directory with the project's file and its lock files."""
    for name in ("pyproject.toml", *(lock.file for lock in LOCKS)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    return tmp_path


def stale(checkout: Path) -> list[str]:
    """Return the groups whose lock files are stale."""
    return [lock.group for lock in LOCKS if is_stale(lock, checkout)]


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_the_lock_files_of_this_checkout_are_current(checkout: Path) -> None:
    assert stale(checkout) == []


def test_a_changed_requirement_makes_its_lock_file_stale(checkout: Path) -> None:
    edit(checkout / "pyproject.toml", '"pytest"', '"pytest<100"')
    assert stale(checkout) == ["dev"]
    edit(checkout / "pyproject.toml", '"tzdata"', '"tzdata>2000"')
    assert stale(checkout) == ["functions", "dev"], "dev includes the packages of functions"


def test_another_part_of_the_project_file_makes_nothing_stale(checkout: Path) -> None:
    edit(checkout / "pyproject.toml", "line-length = 120", "line-length = 121")
    assert stale(checkout) == []


def test_other_pythons_make_all_lock_files_stale(checkout: Path) -> None:
    edit(checkout / "pyproject.toml", ">=3.11,<3.14", ">=3.11,<3.15")
    assert stale(checkout) == [lock.group for lock in LOCKS]


def test_an_edited_lock_file_is_stale(checkout: Path) -> None:
    edit(checkout / DEV.file, "==", "==1")
    assert stale(checkout) == ["dev"]


def test_a_lock_file_is_stale_if_the_one_that_it_builds_on_has_changed(checkout: Path) -> None:
    (checkout / FUNCTIONS.file).unlink()
    (checkout / FUNCTIONS.file).write_text("")
    assert stale(checkout) == ["functions", "dev"]


def test_a_missing_lock_file_is_stale(checkout: Path) -> None:
    (checkout / DEV.file).unlink()
    assert stale(checkout) == ["dev"]


@pytest.mark.soak
@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.group)
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("platform", SUPPORTED)
def test_all_packages_are_there_as_wheels(platform: str, python: str, lock: locks.Lock, tmp_path: Path) -> None:
    command = app_root.place(".uv") / "bin" / "uv"
    if not command.exists():
        missing(".uv")
    options = ["--dry-run", "--only-binary", ":all:", "--python-platform", platform, "--python-version", python]
    done = subprocess.run(
        [command, "pip", "install", *options, "--target", tmp_path, "--require-hashes", "-r", ROOT / lock.file],
        env=os.environ
        | uv.environment(
            app_root.place(".uv"),
        )
        | SUPPORTED[platform],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
