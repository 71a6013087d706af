"""Cuts a child process off: no sockets, no other programs, whatever a text or a file makes of it.

By a seccomp filter, which needs no rights and can't be taken back. It imports the standard library alone.
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
"""The calls of x86-64's 32-bit relatives are numbered from here. Source: arch/x86/include/uapi/asm/unistd.h."""

SOCKETS = {
    "x86_64": (0xC000003E, (41, 42, 49, 53, 425)),
    "aarch64": (0xC00000B7, (198, 203, 200, 199, 425)),
}
"""By machine: its number, and those of socket, connect, bind, socketpair, and io_uring_setup, whose rings open sockets
past any filter. Source: linux/audit.h, arch/x86/entry/syscalls/syscall_64.tbl, asm-generic/unistd.h."""

PROGRAMS = {"x86_64": (59, 322), "aarch64": (221, 281)}
"""By machine: the numbers of execve and execveat. Source: the same."""


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def go_offline(*, programs: bool = False) -> None:
    """Takes sockets and other programs from this process, and from all that it starts or becomes. For good.

    On systems other than Linux, where Stoker is developed and not deployed, it does nothing.

    Args:
        programs: Whether it may still become another program, which is offline as well.

    Raises:
        OSError: The kernel has no such filters, or nobody has said what the calls are called on this machine.
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
    """Refuses the calls that are listed, and every call of another architecture's, which has other numbers."""
    program = [(LOAD, 0, 0, ARCHITECTURE_OFFSET), (JUMP_IF_EQUAL, 1, 0, architecture), (RETURN, 0, 0, REFUSE)]
    program += [(LOAD, 0, 0, NUMBER_OFFSET), (JUMP_IF_AT_LEAST, len(refused) + 1, 0, X32)]
    for left, number in zip(range(len(refused), 0, -1), refused, strict=True):
        program.append((JUMP_IF_EQUAL, left, 0, number))
    program += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, REFUSE)]
    return b"".join(struct.pack("HBBI", *instruction) for instruction in program)
