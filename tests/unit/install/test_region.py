"""The region of `stoker.toml` goes into `.env`, and a difference between both is said."""

from pathlib import Path

import pytest

from stoker_tools.install.collisions import region_note
from stoker_tools.install.wished import seeds


@pytest.mark.parametrize(("named", "written"), [("", "us-central1"), ("europe-west1", "europe-west1")])
def test_the_region_is_written_once_into_the_parameters(named: str, written: str) -> None:
    [text] = [one for path, one in seeds("functions", named).items() if path.endswith("/.env")]
    assert f"\nSTOKER_REGION={written}\n" in text.decode()


def test_a_difference_is_said(tmp_path: Path) -> None:
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "stoker.toml").write_text('region = "europe-west1"\n')
    assert region_note(tmp_path, "functions") is None
    (tmp_path / "functions" / ".env").write_text("STOKER_REGION=europe-west1\n")
    assert region_note(tmp_path, "functions") is None
    (tmp_path / "functions" / ".env").write_text("STOKER_REGION=us-east1\n")
    note = region_note(tmp_path, "functions")
    assert note is not None
    assert "functions/.env has STOKER_REGION=us-east1, which wins" in note
