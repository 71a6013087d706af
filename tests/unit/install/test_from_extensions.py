"""`stoker install --from-extensions` puts `image-processing` into an app, with the settings of its extension."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from stoker_tools.cli import stoker
from stoker_tools.cli.install import commands
from stoker_tools.exit_codes import ExitCode
from stoker_tools.install.extensions import EXTENSION
from stoker_tools.install.plan import installation
from stoker_tools.setup.environment import ROOT
from unit.install.example_app import make_app, tree, wish

EXAMPLE = ROOT / "examples" / "image-processing"
FOLDER = "functions-stoker"
Install = Callable[[str], int]


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """An app with one instance of the extension."""
    make_app(tmp_path)
    (tmp_path / "extensions").mkdir()
    (tmp_path / "extensions" / "thumbs.env").write_text("IMG_SIZES=64x64,200x200\nRESIZED_IMAGES_PATH=small\n")
    name(tmp_path, thumbs=f"{EXTENSION}@0.3.3")
    return tmp_path


def name(app: Path, **extensions: str) -> None:
    """Let an app have these extensions."""
    (app / "firebase.json").write_text(
        f'{{ // comments are allowed\n"functions": {{"source": "functions"}}, "extensions": {json.dumps(extensions)} }}'
    )


@pytest.fixture
def install(app: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Return a function that installs Stoker into the app, with options."""
    monkeypatch.setattr("stoker_tools.setup.environment.enter", lambda _places: None)
    monkeypatch.setattr(commands, "wished", lambda _root, _record: wish())
    monkeypatch.setattr(
        commands, "planned", lambda _root, state, record, choices, whole: installation(state, whole, record, choices)
    )
    return lambda options: stoker.main(["install", str(app), "--yes", *options.split()])


def test_the_example_comes_with_the_settings(install: Install, app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (app / "extensions" / "thumbs.env.my-project").write_text("IMG_SIZES=1x1")
    assert install("--from-extensions") == ExitCode.DONE
    made = {path.removeprefix(f"{FOLDER}/"): state[1] for path, state in tree(app).items() if path.startswith(FOLDER)}
    for file in EXAMPLE.glob("*.py"):
        assert made[file.name] == file.read_bytes()
    assert b"pillow-heif" in made["requirements.in"]
    assert b'sizes = ["64x64", "200x200"]' in made["images.toml"]
    assert b'folder = "small"' in made["images.toml"]
    said = capsys.readouterr().out
    assert "thumbs: IS_ANIMATED: Animations are not kept" in said
    assert "extensions/thumbs.env.my-project is not read" in said
    assert "job-outputs/{uid}/{job}/{attempt}/small/cat_64x64.jpg" in said


def test_without_the_option_no_example_comes(install: Install, app: Path) -> None:
    assert install("") == ExitCode.DONE
    assert not (app / FOLDER / "images.toml").exists()


def test_a_main_of_the_app_stays(install: Install, app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (app / FOLDER).mkdir()
    (app / FOLDER / "main.py").write_text("# mine\n")
    assert install("--from-extensions") == ExitCode.DONE
    assert (app / FOLDER / "main.py").read_text() == "# mine\n"
    assert "Add the function `imageprocessing`" in capsys.readouterr().out


def test_one_of_two_instances_is_named(install: Install, app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (app / "extensions" / "big.env").write_text("IMG_SIZES=900x900\n")
    name(app, thumbs=EXTENSION, big=EXTENSION, other="firebase/delete-user-data@1")
    before = tree(app)
    assert install("--from-extensions") == ExitCode.FAILED
    assert "--from-extensions=NAME: thumbs, big" in capsys.readouterr().err
    assert {**tree(app)} == before
    assert install("--from-extensions=big") == ExitCode.DONE
    assert '["900x900"]' in (app / FOLDER / "images.toml").read_text()
    said = capsys.readouterr().out
    assert "The settings of the extension thumbs are not taken." in said
    assert "The extension other (firebase/delete-user-data@1) is left as it is" in said


def test_an_app_without_the_extension_is_told_how_to_get_it(
    install: Install, app: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (app / "extensions" / "thumbs.env").unlink()
    assert install("--from-extensions") == ExitCode.FAILED
    assert "firebase ext:export" in capsys.readouterr().err
    name(app)
    assert install("--from-extensions") == ExitCode.FAILED
    assert f"firebase.json names no extension {EXTENSION}" in capsys.readouterr().err
