"""The list of slow tests at the end of a fast run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stoker_tools.setup.environment import ROOT

TESTS = """
import time, pytest, slow
slow.SECONDS, slow.BUSY = 0.1, {busy}

def test_waits():
    time.sleep(0.15)

def test_computes():
    end = time.process_time() + 0.15
    while time.process_time() < end: pass

def test_is_quick(): pass

@pytest.mark.slow
def test_is_marked(): pass
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("busy", "arguments", "listed"),
    [
        (10_000, ["-m", "not slow"], {"test_waits", "test_computes"}),
        (0, ["-m", "not slow"], {"test_computes"}),
        (10_000, [], set()),
    ],
)
def test_what_takes_long_is_listed(busy: int, arguments: list[str], listed: set[str], tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text(TESTS.format(busy=busy))
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = slow")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    plugins = ["-p", "slow", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, *arguments],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(ROOT / "tests")},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line for line in done.stdout.splitlines() if "of CPU" in line]
    assert {line.rpartition("::")[2] for line in lines} == listed
    assert ("over a second" in done.stdout) == bool(listed)
