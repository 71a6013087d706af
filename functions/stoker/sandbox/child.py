"""Confinement of a program that reads a user's file: limits, no network, no core dump, and an end with its parent.

Run as a script, this module confines its own process and then becomes the program:

    python -I -S child.py PARENT MEMORY_BYTES FILE_BYTES PROGRAM [ARGUMENT ...]

It imports only the standard library, because every job waits for each start of it. `subprocess` could run the same code
as a `preexec_fn`, but that may deadlock in a process that has threads.
"""

import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1
"""Source: prctl(2), linux/prctl.h."""


def confine(parent: int, memory_bytes: int, file_bytes: int) -> None:
    """Limit this process, and let it be killed when its parent dies.

    Args:
        parent: The process id of the parent.
        memory_bytes: The largest address space of this process, in bytes.
        file_bytes: The largest file that this process may write, in bytes.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        # Other systems do not enforce a limit of the address space, and some refuse to set it.
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    if os.getppid() != parent:
        sys.exit("The parent died before its child began.")


def command(memory_bytes: int, file_bytes: int, program: list[str]) -> list[str]:
    """Return the command that runs a program confined, as a child of this process.

    Args:
        memory_bytes: The largest address space of the program, in bytes.
        file_bytes: The largest file that the program may write, in bytes.
        program: The program's path and its arguments.
    """
    limits = (str(os.getpid()), str(memory_bytes), str(file_bytes))
    return [sys.executable, "-I", "-S", __file__, *limits, *program]


# MALLOC_ARENA_MAX: glibc reserves address space for each core, and would reach the limit on a machine with many cores.
# SVT_LOG: SVT-AV1 logs errors only, as ffmpeg does.
ENVIRONMENT = {"MALLOC_ARENA_MAX": "2", "LC_ALL": "C.UTF-8", "SVT_LOG": "1"}
"""The whole environment of a child. It has no credentials and no PATH."""


if __name__ == "__main__":
    sys.path.insert(0, os.path.abspath(__file__ + "/../../.."))  # -I leaves `functions` out
    from stoker.sandbox.seccomp import go_offline

    confine(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    go_offline(programs=True)
    os.execve(sys.argv[4], sys.argv[4:], ENVIRONMENT)
