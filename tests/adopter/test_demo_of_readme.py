"""README's first command, as somebody runs it in a checkout."""

import subprocess

import pytest

from adopter.machine import plain
from stoker_tools.setup.environment import ROOT


@pytest.mark.slow
def test_the_demo_makes_a_film() -> None:
    """A process of its own, with nothing of the tests on its path."""
    done = subprocess.run([str(ROOT / "scripts/demo")], env=plain(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "with status 'pending'." in done.stdout
    assert "100.0 %  completed" in done.stdout
    assert (ROOT / "demo-output/video-720p.mp4").stat().st_size > 100_000
