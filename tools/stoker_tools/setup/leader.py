"""Run an installer, and end it with its whole process group when the command that wants it has ended.

    python leader.py PIPE LOCK SECONDS COMMAND [ARGUMENT ...]

This process leads the group. It reads a pipe whose other end the command alone holds. The kernel closes that end
whenever the command ends, even if it is killed. Then the group gets SIGTERM, and after some seconds SIGKILL.

Run this file as a script. It needs the standard library only.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def lead(pipe: int, lock: int, seconds: float, command: Sequence[str]) -> None:
    """Run a command, and end this process with its exit code. After a signal, this is 128 + the signal's number.

    Args:
        pipe: The end of the pipe that is read.
        lock: A file descriptor that the command inherits; none if it is negative.
        seconds: The time that the group has after SIGTERM, until SIGKILL.
        command: A program and its arguments.
    """
    for ending in ENDINGS:
        signal.signal(ending, lambda *_: None)  # The command itself starts with the usual handling.
    try:
        inherited = [lock] if lock >= 0 else []
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=inherited)
    except OSError as error:
        print(f"{command[0]} can't be run: {error.strerror}.")
        sys.exit(127)
    is_unwanted = threading.Event()

    def wait() -> None:
        code = process.wait()
        if not is_unwanted.is_set():
            os._exit(code if code >= 0 else 128 - code)

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    os.read(pipe, 1)
    is_unwanted.set()
    os.killpg(os.getpgrp(), signal.SIGTERM)
    waiting.join(seconds)
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    lead(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:])
