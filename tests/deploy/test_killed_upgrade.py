"""An upgrade of an app that is killed: the next command brings the old or the new state, byte for byte."""

import re
import signal
import subprocess
from pathlib import Path
from random import Random

import pytest

from deploy import killed_update
from deploy.terminal import Run, without_terminal
from deploy.two_versions import SECONDS, Machines, done
from unit.install.example_app import tree

UPDATE = ("update", "--yes", "--overwrite", "firestore.rules")

POINTS = 20

NEXT = (("update", "--dry-run", "--keep-edits"), ("costs", "--help"))
"""The next command: one that reads the app, and one that does not."""

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]


def update(machines: Machines, app: Path, kill_at: int) -> Run:
    """Run the update in a process that ends itself before a step, or never if the step is -1."""
    python = machines.new.stoker.parent / "python"
    words = [str(python), killed_update.__file__, str(kill_at), *UPDATE]
    return without_terminal(words, app, machines.new.variables(), SECONDS)


def killed_after(machines: Machines, app: Path, seconds: float) -> None:
    """Run the real command, and kill it after some time, unless it has ended."""
    process = subprocess.Popen(
        [str(machines.new.stoker), *UPDATE], cwd=app, env=machines.new.variables(), stdout=subprocess.DEVNULL
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def test_after_a_kill_the_next_command_brings_the_old_or_the_new_state(machines: Machines, tmp_path: Path) -> None:
    random = Random(20)
    app = machines.copy(tmp_path)
    before = tree(app)
    whole = update(machines, app, -1)
    assert whole.code == 0, whole.output
    after = tree(app)
    [steps] = re.findall(r"(?m)^steps=(\d+)$", whole.output)
    found = []
    for number, at in enumerate(sorted(random.sample(range(int(steps)), POINTS))):
        app = machines.copy(tmp_path / str(at))
        assert update(machines, app, at).code == -signal.SIGKILL
        done(machines.new, app, *NEXT[number % len(NEXT)])
        state = tree(app)
        assert state in (before, after), at
        found.append(state == after)
    assert found == sorted(found), "Once a change counts, it is finished."
    assert set(found) == {False, True}


def test_a_kill_from_outside_is_the_same(machines: Machines, tmp_path: Path) -> None:
    """The times are random, up to a little more than the update takes."""
    random = Random(17)
    app = machines.copy(tmp_path)
    before = tree(app)
    done(machines.new, app, *UPDATE)
    after = tree(app)
    for number in range(POINTS):
        app = machines.copy(tmp_path / str(number))
        killed_after(machines, app, random.uniform(0.2, 4))
        done(machines.new, app, *NEXT[number % len(NEXT)])
        assert tree(app) in (before, after)
