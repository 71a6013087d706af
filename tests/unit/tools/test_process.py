"""Commands end in order if their output can't be written."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from stoker_tools.setup.environment import ROOT

COMMANDS = sorted(path.name for path in (ROOT / "scripts").iterdir() if path.is_file() and path.name != "python")

UNWRITABLE = {">&-": "Bad file descriptor"} | (
    {">/dev/full": "No space left on device"} if Path("/dev/full").exists() else {}
)
"""Outputs that can't be written, and the system's words for that. Only Linux has `/dev/full`."""


def shell(line: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", "-c", line]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(("to", "why"), UNWRITABLE.items())
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_that_its_output_can_not_be_written(command: str, to: str, why: str) -> None:
    done = shell(f"STOKER_PYTHON={sys.executable} scripts/{command} --help {to}")
    assert (done.returncode, done.stderr) == (1, f"The output can't be written: {why}.\n")


PROGRAMS = {
    "at the end": "print('a')",
    "in the middle": "print('a' * 10**6); print('b')",
    "at once": "print('a', flush=True)",
    "before it fails": "print('a'); raise SystemExit(3)",
    "in bytes": "import sys; sys.stdout.buffer.write(b'a')",
    "by a table": "from rich.console import Console; Console().print('a b ' * 3000)",
}
"""Programs that write in different ways."""


def running(program: str, redirection: str) -> subprocess.CompletedProcess[str]:
    """Run a program in the way of all commands."""
    return shell(f"PYTHONPATH=tools '{sys.executable}' -c \"{as_command(program)}\" {redirection}")


def as_command(program: str) -> str:
    return f"from stoker_tools.cli.process import run_command\ndef main():\n    {program}\nrun_command(main)"


@pytest.mark.parametrize(("to", "why"), UNWRITABLE.items())
@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_whatever_a_command_writes_it_says_that_it_can_not(program: str, to: str, why: str) -> None:
    done = running(program, to)
    assert (done.returncode, done.stderr) == (1, f"The output can't be written: {why}.\n")


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_a_reader_who_has_seen_enough_is_no_error(program: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-c", as_command(program)]
    done = subprocess.run(
        command, cwd=ROOT / "tools", stdout=writer, stderr=subprocess.PIPE, text=True, timeout=120, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, "")


@pytest.mark.parametrize("to", ["2>&-", "2>/dev/full"])
def test_a_complaint_that_nobody_can_read_leaves_the_exit_code(to: str) -> None:
    done = running("import sys; print('a'); print('b', file=sys.stderr); raise SystemExit(3)", to)
    assert (done.returncode, done.stdout, done.stderr) == (3, "a\n", "")


def test_closed_streams_are_not_taken_by_files_that_a_command_opens() -> None:
    done = running("import os; print(min(os.open(os.devnull, os.O_RDONLY) for _ in range(2)) > 2)", "<&- 2>&-")
    assert (done.returncode, done.stdout) == (0, "True\n")


def test_a_command_that_writes_well_ends_with_its_own_code() -> None:
    assert running("print('ä'); return 7", "").returncode == 7
    assert running("print('ä')", "").stdout == "ä\n"
