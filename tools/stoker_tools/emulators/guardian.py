"""The guardian: a process that starts the Firebase CLI, and leaves no process of the suite behind.

It runs as `python -m stoker_tools.emulators.guardian`, in a session of its own, and reads from a pipe. The pipe closes
when its parent ends, also if the parent fails or is killed. Then the guardian ends all processes of the suite, removes
the suite's directory, and exits.

A process belongs to the suite in three cases: it carries the suite's mark in its environment, it descends from such a
process, or it was orphaned by one. (On Linux, orphans of the suite become the guardian's children.) The CLI is killed
and not asked to stop, because it would take seconds to save a state that nobody needs, and would leave its workers.

Parent and guardian exchange one JSON object a line. The guardian first writes {"directory"}. It reads {"command",
"cwd", "environment", "log"} for each start of the CLI, and ends the previous CLI. If the CLI ends by itself, the
guardian writes {"exited", "log"}. The log names the start, because the parent may have asked for the next start
meanwhile.
"""

import contextlib
import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import psutil

MARKER = "STOKER_SUITE"
GUARDIAN = "STOKER_GUARDIAN"

END_SECONDS = 5.0
"""The longest wait for killed processes to disappear."""

PR_SET_CHILD_SUBREAPER = 36
"""Source: linux/prctl.h."""


def main() -> None:
    """Run the guardian until its parent ends."""
    marker = os.environ[GUARDIAN]
    _adopt_orphans()
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    directory = os.path.realpath(tempfile.mkdtemp(prefix="stoker-"))
    try:
        _write({"directory": directory})
        _keep(marker)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        end(marker, adopter=os.getpid())
        shutil.rmtree(directory, ignore_errors=True)


def _keep(marker: str) -> None:
    parent, command_line, log = os.getppid(), None, ""
    for line in _lines(sys.stdin.fileno()):
        if os.getppid() != parent:  # A process that the parent forked may keep the pipe open.
            return
        if line:
            if command_line:
                end(marker, adopter=os.getpid())
            request = json.loads(line)
            command_line, log = _start(request), request["log"]
        for pid, status in _ended_children():
            if pid == command_line:
                _write({"exited": os.waitstatus_to_exitcode(status), "log": log})


def end(marker: str, adopter: int | None = None) -> None:
    """End every process of a suite. All processes are stopped first, so that none can start another one.

    Args:
        marker: The suite's value of the variable STOKER_SUITE.
        adopter: A process whose children belong to the suite even without the mark.
    """
    stopped: dict[int, psutil.Process] = {}
    while found := [process for process in _family(marker, adopter) if process.pid not in stopped]:
        for process in found:
            stopped[process.pid] = process
            with contextlib.suppress(psutil.Error):  # The process has ended by itself.
                process.suspend()
    for process in stopped.values():
        with contextlib.suppress(psutil.Error):
            process.kill()
    deadline = time.monotonic() + END_SECONDS
    while any(_remains(process, {*stopped, adopter}) for process in stopped.values()) and time.monotonic() < deadline:
        if adopter == os.getpid():
            list(_ended_children())
        time.sleep(0.01)


def _remains(process: psutil.Process, parents: set[int | None]) -> bool:
    """Return whether a killed process is still there, or has ended and waits for a parent of the suite to note that."""
    try:
        return process.is_running() and (process.status() != psutil.STATUS_ZOMBIE or process.ppid() in parents)
    except psutil.NoSuchProcess:
        return False


def _family(marker: str, adopter: int | None) -> Iterator[psutil.Process]:
    """Yield the live processes with the mark, the adopter's children, and the descendants of both."""
    everything = psutil.process_iter(["ppid", "status", "environ"])
    processes = {process.pid: process for process in everything if process.pid != os.getpid()}
    for process in processes.values():
        generation: psutil.Process | None = process
        while generation is not None:
            environment = generation.info["environ"] or {}
            if GUARDIAN in environment:  # Another suite, started inside this one. It ends with its own parent.
                break
            if environment.get(MARKER) == marker or generation.info["ppid"] == adopter:
                if process.info["status"] != psutil.STATUS_ZOMBIE:
                    yield process
                break
            generation = processes.get(generation.info["ppid"])


def _start(request: dict[str, Any]) -> int:
    with open(request["log"], "ab") as log:
        process = subprocess.Popen(
            request["command"],
            cwd=request["cwd"],
            env=request["environment"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    process.returncode = 0  # `subprocess` must not wait for it, because _ended_children does.
    return process.pid


def _ended_children() -> Iterator[tuple[int, int]]:
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            yield ended


def _lines(descriptor: int) -> Iterator[str]:
    """Yield the lines that arrive until the end of the file, and an empty line every half second."""
    buffer = b""
    while True:
        if not select.select([descriptor], [], [], 0.5)[0]:
            yield ""
            continue
        chunk = os.read(descriptor, 65536)
        if not chunk:
            return
        *lines, buffer = (buffer + chunk).split(b"\n")
        yield from (line.decode() for line in lines)


def _write(message: dict[str, Any]) -> None:
    with contextlib.suppress(BrokenPipeError):  # The parent has ended. The next read reports that too.
        print(json.dumps(message), flush=True)


def _adopt_orphans() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


if __name__ == "__main__":
    main()
