"""Fixtures for the tests of the suite."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def functions(tmp_path: Path) -> Path:
    """A directory of functions that a test may change."""
    source = Path(__file__).with_name("functions")
    return Path(shutil.copytree(source, tmp_path / "functions", ignore=shutil.ignore_patterns("__pycache__")))
