"""The commands of docs/install.md and docs/upgrade.md, in their order, with the wheel outside of the checkout."""

import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from adopter.machine import Machine
from stoker_tools.setup.environment import ROOT

COMMAND = re.compile(r"^ *\$ ([^#\n]+)", re.MULTILINE)

KNOWN = {
    "install.md": [
        *("python3 -m venv stoker-venv", "stoker-venv/bin/pip install CHECKOUT/dist/stoker_tools-*.whl"),
        *("source stoker-venv/bin/activate", "mkdir my-app && cd my-app", "stoker install .", "stoker generate"),
        *("stoker demo", "stoker install . --dry-run", "stoker install .", "git diff", "stoker generate"),
        *("stoker update", "stoker generate", "stoker deploy --check", "stoker deploy"),
        *("stoker update", "stoker uninstall"),
    ],
    "upgrade.md": [
        *("stoker-venv/bin/pip install --upgrade CHECKOUT/dist/stoker_tools-*.whl", "stoker update --dry-run"),
        *("stoker update", "stoker generate", "stoker deploy"),
        *("stoker update --keep-edits", "stoker update --overwrite firestore.rules"),
    ],
}
"""The commands of the pages. The machine of the test has the virtual environment of the first ones."""

ASKING = ("install", "update", "uninstall")
"""Commands that ask. Here, nobody could answer."""


def commands(page: str) -> list[str]:
    return [found.strip() for found in COMMAND.findall((ROOT / "docs" / page).read_text())]


@pytest.mark.parametrize("page", KNOWN)
def test_the_tests_know_each_command_of_the_page(page: str) -> None:
    assert commands(page) == KNOWN[page]


@pytest.mark.soak
@pytest.mark.parametrize("page", KNOWN)
def test_each_command_of_the_page_runs(page: str, machine: Machine, tmp_path: Path) -> None:
    """Deployments have tests of their own, with a stand-in for Google. The demo is that of `test_new_user.py`."""
    new = replace(machine, app=tmp_path)
    new.run("install", ".", "--yes")
    for command in commands(page):
        name, *words = shlex.split(command)
        if name == "stoker" and words[0] not in ("demo", "deploy"):
            agreed = ["--yes"] if words[0] in ASKING and "--dry-run" not in words else []
            new.run(*words, *agreed)
