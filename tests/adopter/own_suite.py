"""The suite of an app, which `stoker emulators` runs, and its use by tests."""

import contextlib
import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
from google.cloud import firestore

from adopter.machine import Machine
from stoker_tools.emulators.guardian import MARKER
from stoker_tools.samples.user import PROJECT
from suite.processes import marked
from waiting import until

START_SECONDS = 240
"""The longest start of the suite on a busy machine, in seconds."""

SWEEP_SECONDS = 2
"""The time between two sweeps, in place of the schedule's minute."""


@dataclass(frozen=True)
class OwnSuite:
    """The suite of an app, to a process that its variables lead to it.

    Attributes:
        machine: The machine that runs it.
        variables: The variables by which a process finds it.
        marker: The mark that its processes carry.
    """

    machine: Machine
    variables: Mapping[str, str]
    marker: str

    @property
    def database(self) -> firestore.Client:
        """Firestore with admin rights."""
        return firestore.Client(project=PROJECT)

    @property
    def left(self) -> set[str]:
        """The files that jobs have in the temporary folder of the functions."""
        names = {path.name for path in Path(self.variables["STOKER_FUNCTIONS_TMPDIR"]).iterdir()}
        return {name for name in names if name.startswith(("stoker", "tmp"))}

    def workers(self, function: str) -> list[psutil.Process]:
        """Return the processes that run a function."""
        found = []
        for process in marked(self.marker):
            with contextlib.suppress(psutil.NoSuchProcess):  # It has just ended.
                if process.environ().get("FUNCTION_TARGET") == function:
                    found.append(process)
        return found

    def sweep(self) -> None:
        """Make a sweep, as the schedule would."""
        host = self.variables["STOKER_FUNCTIONS_EMULATOR"]
        httpx.post(f"http://{host}/{PROJECT}/us-central1/sweep_jobs-0", json={}, timeout=120).raise_for_status()

    @contextlib.contextmanager
    def sweeping(self) -> Iterator[None]:
        """Sweep while the block runs."""
        done = threading.Event()

        def sweep() -> None:
            while not done.wait(SWEEP_SECONDS):
                self.sweep()

        thread = threading.Thread(target=sweep)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


@contextlib.contextmanager
def started(machine: Machine, folder: Path) -> Iterator[OwnSuite]:
    """Run `stoker emulators` while the block runs.

    Args:
        machine: The machine with the app.
        folder: The folder of the suite's output.
    """
    file, output = folder / "suite.json", folder / "suite.txt"
    with output.open("w") as said:
        process = subprocess.Popen(
            [str(machine.stoker), "emulators", "--no-schedules", "--write", str(file)],
            cwd=machine.app,
            env=machine.environment,
            stdout=said,
            stderr=subprocess.STDOUT,
        )

    def ready() -> bool:
        assert process.poll() is None, output.read_text()
        return "Ctrl-C ends them." in output.read_text()

    try:
        until(ready, START_SECONDS, "The suite of the app starts", every=0.2)
        variables: dict[str, Any] = json.loads(file.read_text())["environment"]
        # Processes that carry the mark end with the suite, and the tests do not.
        marker = variables.pop(MARKER)
        yield OwnSuite(machine, variables, marker)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        finally:
            process.kill()


@contextlib.contextmanager
def led_to(suite: OwnSuite) -> Iterator[OwnSuite]:
    """Lead this process to the suite while the block runs, and back.

    Args:
        suite: The suite.
    """
    before = dict(os.environ)
    os.environ.update(suite.variables)
    try:
        yield suite
    finally:
        os.environ.clear()
        os.environ.update(before)
