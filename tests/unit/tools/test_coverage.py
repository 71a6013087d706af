"""The coverage of all parts, and its floor."""

from pathlib import Path

import pytest
from coverage import CoverageData

from stoker_tools.cli.test.coverage import is_enough
from stoker_tools.setup import environment

SOURCE = "def sign(number):\n    if number < 0:\n        return -1\n    return 1\n"
PROJECT = "[tool.coverage.run]\nbranch = true\n[tool.coverage.report]\nfail_under = {floor}\n"


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of six lines and branches, and two parts of its tests that reach all but the last two of them."""
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    source = tmp_path / "sign.py"
    source.write_text(SOURCE)
    directory = tmp_path / "parts"
    directory.mkdir()
    for number, arcs in enumerate([[(-1, 1), (1, -1)], [(-1, 2), (2, 3), (3, -1)]]):
        data = CoverageData(basename=str(directory / f"coverage-{number}"))
        data.add_arcs({str(source): arcs})
        data.write()
    return directory


@pytest.mark.parametrize(("floor", "enough"), [(66, True), (67, False)])
def test_the_parts_together_reach_the_floor_or_not(
    parts: Path, capsys: pytest.CaptureFixture[str], floor: int, enough: bool
) -> None:
    (environment.ROOT / "pyproject.toml").write_text(PROJECT.format(floor=floor))
    assert is_enough(parts) is enough
    assert f"66.7 %. The least allowed is {floor} %" in capsys.readouterr().out
    assert (environment.ROOT / ".coverage").exists()


def test_parts_that_have_measured_nothing_are_not_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    (tmp_path / "pyproject.toml").write_text(PROJECT.format(floor=0))
    assert not is_enough(tmp_path)
