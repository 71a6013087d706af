"""Kill a command at each of its steps, then run another command, and compare the app with its old and new state.

    python killed_commands.py install|update|uninstall FOLDER

It prints a JSON object: how many states were old, how many new, and the steps after which the state was another one.
"""

import contextlib
import io
import itertools
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from stoker_tools.cli import stoker
from stoker_tools.cli.install import commands
from stoker_tools.install.disk import Disk
from stoker_tools.install.plan import installation
from stoker_tools.setup import environment
from unit.install import example_app


def in_child(app: Path, words: list[str], kill_at: int | None, version: str) -> int:
    """Run a command in a child process, which kills itself before a step; return the status of its end."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    steps = itertools.count()

    def step(_disk: Disk) -> None:
        if next(steps) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    code = 1
    try:
        replace = pytest.MonkeyPatch().setattr
        wished = example_app.wish(version, f"match /v/{{id}} {{ }} // {version}\n")
        replace(Disk, "step", step)
        replace(commands, "wished", lambda _root, _record: wished)
        replace(
            commands,
            "planned",
            lambda _root, state, record, choices, whole: installation(state, whole, record, choices),
        )
        replace(environment, "enter", lambda _places: None)
        replace(os, "fsync", lambda _file: None)  # A kill loses nothing that was written. Only a power cut would.
        os.chdir(app)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            try:
                code = stoker.main(words)
            except SystemExit as end:
                code = int(str(end.code))
    finally:
        os._exit(code)


def fresh(app: Path, old: Path) -> Path:
    """Return the folder of the app, with its old state."""
    shutil.rmtree(app, ignore_errors=True)
    shutil.copytree(old, app)
    return app


def done(app: Path, words: list[str], version: str) -> None:
    """Run a command to its end."""
    status = in_child(app, words, None, version)
    assert os.waitstatus_to_exitcode(status) == 0, words


def main(command: str, folder: Path) -> None:
    """Kill the command at each step."""
    old, app = folder / "old", folder / "app"
    example_app.make_app(old)
    words = [command, *([] if command != "install" else ["."]), "--yes"]
    if command != "install":
        done(old, ["install", ".", "--yes"], "1.0.0")
    before = example_app.tree(old)
    done(fresh(app, old), words, "2.0.0")
    after = example_app.tree(app)
    assert before != after
    counts = {"old": 0, "new": 0}
    wrong = []
    random = Random(command)
    others: list[Callable[[], list[str]]] = [lambda: ["costs", "--help"], lambda: ["update", "--dry-run"]]
    for at in itertools.count():
        status = in_child(fresh(app, old), words, at, "2.0.0")
        if not os.WIFSIGNALED(status):
            break
        if at % 3 == 0:  # The next command is killed too.
            in_child(app, ["costs", "--help"], random.randrange(30), "2.0.0")
        in_child(app, random.choice(others)(), None, "2.0.0")
        state = example_app.tree(app)
        if state not in (before, after):
            wrong.append(at)
        else:
            counts["old" if state == before else "new"] += 1
    print(json.dumps({**counts, "wrong": wrong}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
