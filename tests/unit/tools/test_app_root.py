"""The tools without a checkout: where they find the app, and where they install."""

import json
import sys
import zipfile
from pathlib import Path

import pytest

from stoker_tools.emulators import sharing
from stoker_tools.errors import ToolError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.setup import app_root, carried, environment, functions_folder, node
from stoker_tools.setup.environment import ROOT
from stoker_tools.setup.place import Place


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An app with functions of Stoker and others. The tools run from a wheel."""
    app = tmp_path / "app"
    (app / "backend").mkdir(parents=True)
    (app / "backend" / "requirements.txt").write_text("./stoker-0.1.0-py3-none-any.whl\n")
    entries = [{"source": "functions", "codebase": "web"}, {"source": "backend", "codebase": "stoker"}]
    (app / "firebase.json").write_text(json.dumps({"functions": entries}))
    packaged = tmp_path / "packaged"
    for name in (*app_root.NODE_FILES, "tools/locks/uv.txt", "tools/locks/java.txt"):
        (packaged / name).parent.mkdir(parents=True, exist_ok=True)
        (packaged / name).write_bytes((ROOT / name).read_bytes())
    monkeypatch.setattr(app_root, "checkout", lambda: None)
    monkeypatch.setattr(app_root, "PACKAGED", packaged)
    monkeypatch.setenv("STOKER_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(app)
    return app


def wanted(name: str) -> Place:
    """Return the place that a command would make."""
    asked: list[Place] = []

    def is_current(place: Place) -> bool:
        asked.append(place)
        return True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Place, "is_current", is_current)
        environment.prepare([name])
    [place] = asked
    return place


def test_in_a_checkout_the_checkout_is_the_app() -> None:
    assert app_root.app() == app_root.checkout() == ROOT


def test_the_app_is_the_nearest_folder_with_a_configuration(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert app_root.app() == app
    inside = app / "web" / "src"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert app_root.app() == app
    (app / "web" / "firebase.json").write_text("{}")
    assert app_root.app() == app / "web"


def test_without_an_app_the_way_out_is_named(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(app.parent)
    with pytest.raises(ToolError, match=r"There is no firebase\.json in .* `stoker install \.`") as error:
        app_root.app()
    assert error.value.exit_code == ExitCode.NOTHING_THERE


@pytest.mark.parametrize(
    ("variables", "home"),
    [
        ({"STOKER_HOME": "/srv/tools", "XDG_CACHE_HOME": "/caches"}, "/srv/tools"),
        ({"XDG_CACHE_HOME": "/caches"}, "/caches/stoker"),
        ({"HOME": "/home/ada"}, "/home/ada/.cache/stoker"),
    ],
)
def test_the_home_is_a_cache(variables: dict[str, str], home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STOKER_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert app_root.home() == Path(home)


def test_the_functions_run_in_the_app_with_its_own_packages(app: Path) -> None:
    place = wanted("functions/venv")
    assert place.path == app / "backend" / "venv"
    # The wheel of the functions is named by a path from the folder of the functions. Installers run there.
    for way in place.ways:
        assert way.commands[-1][-2:] == ["-r", str(app / "backend" / "requirements.txt")]
        assert "--require-hashes" not in way.commands[-1]
    (app / "backend" / "requirements.txt").write_text("idna==3.11 --hash=sha256:0\n")
    assert all("--require-hashes" in way.commands[-1] for way in wanted("functions/venv").ways)


def test_the_functions_run_on_the_python_of_the_app(app: Path) -> None:
    assert functions_folder.functions_python() == app / "backend" / "venv" / "bin" / "python"


def test_all_apps_share_the_other_places(app: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert wanted(".uv").path == home / "uv"
    assert wanted("node_modules").path.parent.parent == home
    assert app_root.place(".java") == home / "java"
    assert app_root.built_parts().is_relative_to(home)


def test_no_environment_is_made_for_the_tools_themselves(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carried, "make_importable", lambda: None)
    environment.enter([".venv"])
    assert {entry.name for entry in app.iterdir()} == {"backend", "firebase.json"}


def test_each_app_has_a_suite_of_its_own_and_no_file_for_it(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STOKER_SUITE_FILE", raising=False)
    file = sharing.state_file()
    assert file.parent == app_root.home()
    (app / "web").mkdir()
    monkeypatch.chdir(app / "web")
    assert sharing.state_file() == file
    (app / "web" / "firebase.json").write_text("{}")
    assert sharing.state_file() != file


def test_each_lock_of_the_firebase_cli_has_its_own_folder(app: Path, tmp_path: Path) -> None:
    place = node.packages(app_root.node_folder())
    assert [command[-1] for command in place.ways[0].commands] == ["--omit=dev"]
    first = place.path.parent
    assert {path.name for path in first.iterdir()} == set(app_root.NODE_FILES)
    (app_root.PACKAGED / "package-lock.json").write_text("{}")
    second = node.packages(app_root.node_folder()).path.parent
    assert second != first
    assert (first / "package-lock.json").read_bytes() == (ROOT / "package-lock.json").read_bytes()


def test_texts_name_commands_as_they_are_typed(app: Path) -> None:
    text = "Run scripts/jobs list, or scripts/stoker jobs list. The suite of this checkout runs."
    assert app_root.as_typed(text) == "Run stoker jobs list, or stoker jobs list. The suite of this app runs."
    assert app_root.command("deploy") == "stoker deploy"


@pytest.mark.parametrize(
    ("entries", "files", "folder"),
    [
        ([{"source": "functions"}, {"source": "backend"}], ["backend/stoker.toml"], "backend"),
        ([{"source": "functions"}, {"source": "backend"}], ["backend/stoker/__init__.py"], "backend"),
        ([{"source": "functions"}, {"source": "backend", "codebase": "stoker"}], [], "backend"),
        # The name of the codebase decides before the files.
        ([{"source": "functions"}, {"source": "backend", "codebase": "stoker"}], ["functions/stoker.toml"], "backend"),
        ([{"codebase": "stoker"}], [], "functions"),
        ([{"source": "backend"}], [], "functions"),
    ],
)
def test_the_functions_of_stoker_are_found(
    entries: list[dict[str, str]], files: list[str], folder: str, app: Path
) -> None:
    (app / "firebase.json").write_text(json.dumps({"functions": entries}))
    for name in files:
        (app / name).parent.mkdir(parents=True, exist_ok=True)
        (app / name).touch()
    assert functions_folder.functions_folder() == app / folder


@pytest.mark.parametrize("installed", [None, "0.0.9"])
def test_the_carried_package_is_unpacked_once(
    installed: str | None, app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(app_root.PACKAGED / "stoker-0.1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("stoker/__init__.py", "")
    monkeypatch.setattr(carried, "installed_version", lambda: installed)
    monkeypatch.setattr(app_root, "version", lambda: "0.1.0")
    monkeypatch.setattr(sys, "path", [*sys.path])
    carried.make_importable()
    folder = Path(sys.path[0])
    assert folder.parent == tmp_path / "home"
    assert (folder / "stoker" / "__init__.py").exists()
    made = folder.stat().st_ino
    carried.make_importable()
    assert folder.stat().st_ino == made
    assert [entry.name for entry in folder.parent.iterdir()] == [folder.name]


def test_a_package_that_is_installed_is_kept(app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carried, "installed_version", lambda: "0.1.0")
    monkeypatch.setattr(app_root, "version", lambda: "0.1.0")
    before = [*sys.path]
    carried.make_importable()
    assert sys.path == before
    assert not (tmp_path / "home").exists()
