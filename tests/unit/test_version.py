"""The version of the source: equal for equal source, and another for every change."""

from pathlib import Path

import pytest

from stoker.version import running_version, version_of
from stoker_tools.setup.environment import ROOT


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for name in ("main.py", "requirements.txt", "stoker/jobs/lease.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"{name}\n")
    return tmp_path


def test_the_running_source_is_that_of_the_checkout() -> None:
    assert running_version() == version_of(ROOT / "functions")


@pytest.mark.parametrize("name", ["main.py", "requirements.txt", "stoker/jobs/lease.py", "stoker/new.py"])
def test_a_change_of_the_source_is_another_version(source: Path, name: str) -> None:
    before = version_of(source)
    (source / name).write_text("changed\n")
    assert version_of(source) != before


def test_line_ends_caches_and_parameters_do_not_count(source: Path) -> None:
    before = version_of(source)
    (source / "main.py").write_bytes(b"main.py\r\n")
    (source / ".env").write_text("STOKER_REGION=europe-west1\n")
    (source / "stoker/__pycache__").mkdir()
    (source / "stoker/__pycache__/lease.pyc").write_bytes(b"\x00")
    assert version_of(source) == before


def test_links_and_packages_of_node_are_left_out(source: Path) -> None:
    before = version_of(source)
    (source / "again").symlink_to(source)
    (source / "node_modules").mkdir()
    (source / "node_modules/tool.py").write_text("1\n")
    assert version_of(source) == before
