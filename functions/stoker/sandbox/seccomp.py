"""A seccomp filter for child processes: no sockets and no other programs, even if a file or a text takes them over.

Setting the filter needs no privileges, and nothing can remove it. This module imports only the standard library.
"""

import ctypes
import errno
import os
import struct
import sys

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 22, 38
SECCOMP_MODE_FILTER = 2
LOAD, JUMP_IF_EQUAL, JUMP_IF_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
NUMBER_OFFSET, ARCHITECTURE_OFFSET = 0, 4
"""Source: linux/prctl.h, linux/seccomp.h, linux/bpf_common.h (a load of a word, a jump, a return)."""

X32 = 0x40000000
"""The first number of the system calls of the x32 ABI. Source: arch/x86/include/uapi/asm/unistd.h."""

SOCKETS = {
    "x86_64": (0xC000003E, (41, 42, 49, 53, 425)),
    "aarch64": (0xC00000B7, (198, 203, 200, 199, 425)),
}
"""For each machine: its number, and the numbers of the calls socket, connect, bind, socketpair and io_uring_setup.
io_uring can open sockets that no filter sees.
Source: linux/audit.h, arch/x86/entry/syscalls/syscall_64.tbl, asm-generic/unistd.h."""

PROGRAMS = {"x86_64": (59, 322), "aarch64": (221, 281)}
"""For each machine: the numbers of the calls execve and execveat. Source: as `SOCKETS`."""


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def go_offline(*, programs: bool = False) -> None:
    """Forbid sockets and other programs to this process and all its descendants, for good.

    On systems other than Linux this does nothing: Stoker is developed there, but not deployed.

    Args:
        programs: Whether the process may still become another program, which has no sockets either.

    Raises:
        OSError: The kernel has no seccomp filters, or the numbers of the system calls are not listed for this machine.
    """
    if sys.platform != "linux":
        return
    machine = os.uname().machine
    if machine not in SOCKETS:
        raise OSError(errno.ENOSYS, f"no system calls are listed for {machine}")
    architecture, sockets = SOCKETS[machine]
    program = _filter(architecture, sockets if programs else sockets + PROGRAMS[machine])
    kernel = ctypes.CDLL(None, use_errno=True)
    order = _Program(len(program) // 8, program)
    if kernel.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or kernel.prctl(
        PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(order), 0, 0
    ):
        raise OSError(ctypes.get_errno(), "the kernel took no seccomp filter")


def _filter(architecture: int, refused: tuple[int, ...]) -> bytes:
    """Return a filter that refuses the given calls, and all calls of other architectures, which have other numbers."""
    program = [(LOAD, 0, 0, ARCHITECTURE_OFFSET), (JUMP_IF_EQUAL, 1, 0, architecture), (RETURN, 0, 0, REFUSE)]
    program += [(LOAD, 0, 0, NUMBER_OFFSET), (JUMP_IF_AT_LEAST, len(refused) + 1, 0, X32)]
    for left, number in zip(range(len(refused), 0, -1), refused, strict=True):
        program.append((JUMP_IF_EQUAL, left, 0, number))
    program += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, REFUSE)]
    return b"".join(struct.pack("HBBI", *instruction) for instruction in program)
