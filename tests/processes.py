"""Other processes. Each may end while a test looks at it."""

import psutil


def name_of(process: psutil.Process) -> str:
    """The name of a process's program; empty if the process has ended."""
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return ""


def command_of(process: psutil.Process) -> str:
    """The command line of a process; empty if the process has ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""
