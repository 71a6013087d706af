"""A child without network reaches only the files that it has open already."""

import subprocess
import sys
from pathlib import Path

import pytest

from stoker.config import GIB
from stoker.sandbox.child import command

FUNCTIONS = Path(__file__).parents[3] / "functions"

BEGIN = f"""
import os, socket, sys, threading
sys.path.insert(0, {str(FUNCTIONS)!r})
from stoker.sandbox.seccomp import go_offline
go_offline()
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Stoker is deployed on Linux")


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.socket()",
        "socket.socket(socket.AF_UNIX)",
        "socket.socketpair()",
        "os.execv('/bin/true', ['true'])",
        "threading.Thread(target=socket.socket).run()",
    ],
)
def test_no_socket_and_no_program(attempt: str) -> None:
    done = subprocess.run([sys.executable, "-I", "-c", BEGIN + attempt], capture_output=True, text=True, check=False)
    assert "PermissionError" in done.stderr


def test_it_can_still_read_write_and_start_threads() -> None:
    work = "threading.Thread(target=print, args=(open(sys.path[0] + '/main.py').read(3),)).start()"
    done = subprocess.run([sys.executable, "-I", "-c", BEGIN + work], capture_output=True, text=True, check=True)
    assert done.stdout == '"""\n'


def test_what_ffmpeg_becomes_reaches_nothing_either() -> None:
    attempt = [sys.executable, "-I", "-c", "import socket; socket.socket()"]
    done = subprocess.run(command(GIB, GIB, attempt), capture_output=True, text=True, check=False)
    assert "PermissionError" in done.stderr
