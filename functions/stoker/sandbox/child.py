"""Confines a program that reads a user's file: limits, no network, no core dump, and no life beyond its parent's.

Run as a script, it confines itself and becomes the program:

    python -I -S child.py PARENT MEMORY_BYTES FILE_BYTES PROGRAM [ARGUMENT ...]

It imports the standard library alone, since each start of it is paid for by a job. Not a `preexec_fn`, which may
deadlock in a process that has threads.
"""

import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1
"""Source: prctl(2), linux/prctl.h."""


def confine(parent: int, memory_bytes: int, file_bytes: int) -> None:
    """Limits this process.

    Args:
        parent: The process id of the parent; when that dies, this process is killed.
        memory_bytes: The address space that this process may have.
        file_bytes: The largest file that it may write.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        # Other systems do not enforce an address space, and some refuse to set one.
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    if os.getppid() != parent:
        sys.exit("The parent died before its child began.")


def command(memory_bytes: int, file_bytes: int, program: list[str]) -> list[str]:
    """The command that runs a program confined.

    Args:
        memory_bytes: The address space that it may have.
        file_bytes: The largest file that it may write.
        program: Its path and its arguments.
    """
    limits = (str(os.getpid()), str(memory_bytes), str(file_bytes))
    return [sys.executable, "-I", "-S", __file__, *limits, *program]


# Two arenas: glibc otherwise reserves address space by the core, up to the limit on a machine with many.
# And SVT-AV1 speaks of errors alone, as ffmpeg does.
ENVIRONMENT = {"MALLOC_ARENA_MAX": "2", "LC_ALL": "C.UTF-8", "SVT_LOG": "1"}
"""All that a child sees of ours: no credentials, no path."""


if __name__ == "__main__":
    sys.path.insert(0, os.path.abspath(__file__ + "/../../.."))  # -I leaves `functions` out
    from stoker.sandbox.seccomp import go_offline

    confine(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    go_offline(programs=True)
    os.execve(sys.argv[4], sys.argv[4:], ENVIRONMENT)
