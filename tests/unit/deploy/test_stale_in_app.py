"""`stoker deploy` in an app: files that are made from the app's code and have not been made again."""

from pathlib import Path

import pytest

from stoker_tools.cli.deploy.commands import stale_in_app
from stoker_tools.cli.install import commands
from stoker_tools.install.errors import Collision, InstallError


def test_the_stale_files_are_named_with_the_command_that_makes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "stale", lambda root: ["firestore.rules", "firestore.indexes.json"])
    [finding] = stale_in_app(tmp_path)
    assert (finding.code, finding.severity, finding.cure) == ("stale-files", "error", "scripts/generate")
    assert finding.message == "Generated files are stale: firestore.rules, firestore.indexes.json."


def test_current_files_are_no_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "stale", lambda root: [])
    assert list(stale_in_app(tmp_path)) == []


def test_code_that_is_not_read_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(root: Path) -> list[str]:
        raise InstallError("main.py can't be imported: NameError: words.")

    monkeypatch.setattr(commands, "stale", fail)
    [finding] = stale_in_app(tmp_path)
    assert (finding.code, finding.severity) == ("not-compared", "warning")
    assert finding.message.endswith("main.py can't be imported: NameError: words.")


def test_a_collision_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The app's rules may have become wider after Stoker was installed."""

    def fail(root: Path) -> list[str]:
        raise Collision("firestore.rules:5: a block covers paths of Stoker. (wider-rights)")

    monkeypatch.setattr(commands, "stale", fail)
    [finding] = stale_in_app(tmp_path)
    assert (finding.code, finding.severity) == ("collision", "error")
    assert "firestore.rules:5" in finding.message


def test_an_app_without_stoker_is_not_compared(tmp_path: Path) -> None:
    (tmp_path / "firebase.json").write_text("{}")
    [finding] = stale_in_app(tmp_path)
    assert finding.code == "not-compared"
    assert "Stoker is not installed" in finding.message
