"""A machine with this version of Stoker, another with the next one, and an app of the first."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from deploy.newer_version import newer_wheel
from deploy.terminal import Run, without_terminal
from deploy.upgraded_app import FOLDER, app_before, change_settings, edit_region, extend
from stoker_tools.cli.build import build
from stoker_tools.exit_codes import ExitCode
from stoker_tools.setup.environment import ROOT
from wheel_home import WheelHome, with_wheel

SECONDS = 250


@dataclass(frozen=True)
class Machines:
    """The command in both versions, and an app of the older one, with an edit and changed settings.

    Attributes:
        old: This version.
        new: The next version.
        app: The app. No test may change it.
        own: The files that the app has written itself, besides those it had before Stoker.
        edit: The line that was edited by hand.
    """

    old: WheelHome
    new: WheelHome
    app: Path
    own: dict[str, bytes]
    edit: str

    def copy(self, directory: Path) -> Path:
        """Return a copy of the app."""
        return shutil.copytree(self.app, directory / "app", ignore=shutil.ignore_patterns("venv"))


def stoker(machine: WheelHome, app: Path, *words: str) -> Run:
    """Run the command in the folder of the app."""
    return without_terminal([str(machine.stoker), *words], app, machine.variables(), SECONDS)


def done(machine: WheelHome, app: Path, *words: str) -> str:
    """Run the command, which must succeed; return its output."""
    run = stoker(machine, app, *words)
    assert run.code == ExitCode.DONE, run.output
    return run.output


def two_versions(directory: Path) -> Machines:
    """Install both versions, and make the app with the older one.

    Args:
        directory: An empty directory.
    """
    for name in ("old", "new"):
        (directory / name).mkdir()
    old = with_wheel(build(ROOT, directory / "old" / "wheels")[1], directory / "old")
    new = with_wheel(newer_wheel(directory / "new"), directory / "new")
    app = app_before(directory / "app")
    done(old, app, "install", ".", "--yes")
    own = {*extend(app), f"{FOLDER}/stoker.toml", f"{FOLDER}/requirements.in"}
    done(old, app, "update", "--yes")
    done(old, app, "generate")
    edit = edit_region(app)
    change_settings(app)
    return Machines(old, new, app, {name: (app / name).read_bytes() for name in own}, edit)
