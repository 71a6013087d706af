"""The wished state of an app: it agrees with this project's own configuration, and its files show the defaults."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from stoker.app_settings import AppSettings, settings_of
from stoker_tools.install import wished
from stoker_tools.install.json_text import load
from stoker_tools.rules_lab.budget import excesses
from stoker_tools.setup.environment import ROOT
from unit.install.example_app import make_app, tree

COMMAND = """
import sys
from stoker_tools.cli import stoker
from stoker_tools.setup import environment

environment.enter = lambda places=(): None  # Nothing is installed: this interpreter has the packages.
sys.exit(stoker.main(sys.argv[1:]))
"""


def test_an_app_has_the_entry_and_the_emulators_of_this_project() -> None:
    configured = load(ROOT / "firebase.json")
    [entry] = configured["functions"]
    assert entry["ignore"] == wished.IGNORED
    assert configured["emulators"] == wished.EMULATORS


def test_the_settings_show_the_defaults() -> None:
    [text] = [one for path, one in wished.seeds("functions").items() if path.endswith(".toml")]
    assert settings_of(text.decode()) == AppSettings()
    without_marks = re.sub(r"(?m)^# (?=\[|\w+ = )", "", text.decode())
    assert without_marks.count(" = ") > 20
    assert settings_of(re.sub(r'(?m)^(region|bucket) = ""$', "", without_marks)) == AppSettings()


@pytest.mark.slow
def test_the_whole_of_stoker_goes_into_an_app_and_out_again(tmp_path: Path) -> None:
    def run(words: str) -> str:
        places = os.pathsep.join(str(ROOT / name) for name in ("tools", "functions"))
        line = [sys.executable, "-c", COMMAND, *words.split()]
        environment = {**os.environ, "PYTHONPATH": places}
        done = subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    make_app(tmp_path)
    before = tree(tmp_path)
    printed = json.loads(run("install . --yes --json"))
    assert printed["done"]
    assert excesses((tmp_path / "rules/app.rules").read_text()) == []
    after = tree(tmp_path)
    assert run("install . --yes").endswith("is installed already. Nothing was changed.\n")
    assert run("update --yes").endswith("is up to date. Nothing was changed.\n")
    assert tree(tmp_path) == after
    run("uninstall --yes")
    assert tree(tmp_path) == before
