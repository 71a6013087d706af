"""The commands work in an app whose folder of the functions has another name."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stoker_tools.deploy.findings import Finding, as_text
from stoker_tools.setup import app_root
from stoker_tools.setup.environment import ROOT
from stoker_tools.setup.functions_folder import functions_folder

COMMAND = """
import sys
from stoker_tools.cli import stoker
from stoker_tools.setup import environment

environment.enter = lambda places=(): None  # Nothing is installed: this interpreter has the packages.
sys.exit(stoker.main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("configured", "name"),
    [
        ({"functions": [{"source": "web"}, {"source": "backend", "codebase": "stoker"}]}, "backend"),
        ({"functions": {"source": "backend"}}, "backend"),
        ({"functions": [{"source": "web"}]}, "functions"),
        ({}, "functions"),
    ],
)
def test_the_folder_is_the_source_that_holds_the_package(configured: Any, name: str, tmp_path: Path) -> None:
    (tmp_path / "backend" / "stoker").mkdir(parents=True)
    (tmp_path / "firebase.json").write_text(json.dumps(configured))
    assert functions_folder(tmp_path) == tmp_path / name


def test_the_configuration_may_hold_comments(tmp_path: Path) -> None:
    text = '\ufeff{ // The functions.\n "functions": { "source": "api", /* ours */ "codebase": "stoker" } }'
    (tmp_path / "firebase.json").write_text(text, encoding="utf-8")
    assert functions_folder(tmp_path) == tmp_path / "api"


@pytest.mark.parametrize("text", [None, "", "{"])
def test_without_a_configuration_it_has_the_usual_name(text: str | None, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "firebase.json").write_text(text)
    assert functions_folder(tmp_path) == tmp_path / "functions"


def test_a_cure_names_files_in_the_folder_of_the_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_root, "checkout", lambda: None)
    monkeypatch.chdir(tmp_path)
    text = "Set STOKER_REGION in functions/.env, or declare it in functions/main.py. See https://a.b/functions/main.py."
    finding = Finding("no-region", "It is wrong.", text)
    assert text in as_text([finding]), "there is no app"
    settings = {"functions": [{"source": "functions"}, {"source": "functions-stoker", "codebase": "stoker"}]}
    (tmp_path / "firebase.json").write_text(json.dumps(settings))
    folder = "functions-stoker"
    expected = (
        f"Set STOKER_REGION in {folder}/.env, or declare it in {folder}/main.py. See https://a.b/functions/main.py."
    )
    assert expected in as_text([finding])
    assert finding.as_json()["cure"] == expected


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An app with functions of its own, into which this checkout was copied."""
    app = tmp_path_factory.mktemp("app")
    ignored = shutil.ignore_patterns("__pycache__", "venv", ".env*")
    shutil.copytree(ROOT / "functions", app / "backend", ignore=ignored)
    for part in ("rules", "tools", "clients"):
        shutil.copytree(ROOT / part, app / part, ignore=ignored)
    shutil.copy(ROOT / "firestore.indexes.json", app)
    configured = json.loads((ROOT / "firebase.json").read_text())
    [ours] = configured["functions"]
    configured["functions"] = [{"source": "functions", "codebase": "web"}, {**ours, "source": "backend"}]
    (app / "firebase.json").write_text(json.dumps(configured))
    (app / "functions").mkdir()
    (app / "functions" / "index.js").touch()
    return app


def run(app: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(app / "tools"), "PATH": os.environ["PATH"], **variables}
    command = [sys.executable, "-c", COMMAND, *arguments]
    return subprocess.run(command, cwd=app, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_generated_files_are_looked_for_in_the_folder(app: Path) -> None:
    done = run(app, "generate", "--check")
    assert (done.returncode, done.stderr) == (0, "")
    manifest = app / "backend" / "functions.yaml"
    before = manifest.read_text()
    manifest.write_text(f"{before}# stale\n")
    assert run(app, "generate").stdout.splitlines()[0] == "wrote backend/functions.yaml"
    assert manifest.read_text() == before


@pytest.mark.slow
@pytest.mark.parametrize("command", [("doctor",), ("jobs", "list"), ("alerts", "--email", "ops@example.com")])
def test_a_command_on_a_project_runs_the_code_in_the_folder(app: Path, command: tuple[str, ...]) -> None:
    done = run(app, *command, "--project", "demo-app")
    assert done.returncode == 1
    assert "\ndemo-app exists only in the emulator suite." in f"\n{done.stderr}"


def test_the_help_needs_no_functions(app: Path) -> None:
    assert run(app, "doctor", "--help").returncode == 0
