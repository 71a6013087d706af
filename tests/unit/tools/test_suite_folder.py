"""The folder of a suite: what the Firebase CLI finds in it."""

import json
from pathlib import Path
from typing import Any

import pytest

from stoker_tools.emulators.project import DEFAULT_PORTS, lay_out


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """An app with functions of its own, beside those of Stoker."""
    app = tmp_path / "app"
    for folder in ("functions", "backend/venv/bin", "config"):
        (app / folder).mkdir(parents=True)
    (app / "functions/index.js").touch()
    (app / "backend/main.py").touch()
    (app / "config/firestore.rules").touch()
    configured = {
        "functions": [
            {"runtime": "nodejs22"},
            {"source": "gone", "codebase": "old"},
            {"source": "backend", "codebase": "stoker", "runtime": "python313", "ignore": ["*.md"]},
        ],
        "firestore": {"rules": "config/firestore.rules"},
    }
    (app / "firebase.json").write_text(json.dumps(configured))
    return app


@pytest.fixture
def suite(app: Path, tmp_path: Path) -> Path:
    """The folder of a suite of the app."""
    folder = tmp_path / "suite"
    folder.mkdir()
    lay_out(folder, app, app / "backend", DEFAULT_PORTS, "python311", user_interface=False)
    return folder


def entries(suite: Path) -> list[dict[str, Any]]:
    return list(json.loads((suite / "firebase.json").read_text())["functions"])


def test_the_functions_of_stoker_run_in_their_own_environment(app: Path, suite: Path) -> None:
    ours, *_ = entries(suite)
    assert (ours["source"], ours["codebase"], ours["runtime"]) == ("functions", "stoker", "python311")
    assert set(ours["ignore"]) == {"*.md", "venv", "**/__pycache__"}
    assert (suite / "functions/main.py").resolve() == app / "backend/main.py"
    assert str(app / "backend/venv/bin/activate") in (suite / "functions/venv/bin/activate").read_text()


def test_the_other_functions_of_the_app_run_too(app: Path, suite: Path) -> None:
    _, *others = entries(suite)
    # The folder of the codebase "old" does not exist.
    assert others == [{"runtime": "nodejs22", "source": "other-default"}]
    assert (suite / "other-default").resolve() == app / "functions"


def test_the_rules_are_those_of_the_app(app: Path, suite: Path) -> None:
    assert (suite / "config/firestore.rules").resolve() == app / "config/firestore.rules"
