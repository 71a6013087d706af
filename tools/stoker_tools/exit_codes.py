"""The exit codes of all commands."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit code of a command. Scripts may rely on these numbers: they never change."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    INCOMPLETE = 3
    NOTHING_THERE = 10
    LOCKED = 11
    WRONG_KEY = 12
    INTERRUPTED = 130


MEANINGS = {
    ExitCode.DONE: "done",
    ExitCode.FAILED: "failed",
    ExitCode.USAGE: "the command line is wrong",
    ExitCode.INCOMPLETE: "incomplete: a part was done, and a part failed",
    ExitCode.NOTHING_THERE: "nothing there: the named job, user, file or bucket does not exist",
    ExitCode.LOCKED: "locked: another process holds the lease",
    ExitCode.WRONG_KEY: "wrong key",
    ExitCode.INTERRUPTED: "interrupted, such as by Ctrl-C",
}


OTHERS = """\
If a command runs another program, such as pytest, the exit code is that of the program. It is 126 or 127 if the program
can't be started, and 128 + N if signal N has ended it. It is 141 if the reader of the output has ended, such as `head`.
If signal N has ended the command itself, the exit code is 128 + N too, such as 143 for SIGTERM.
"""
"""The exit codes that other programs and signals decide."""


def table() -> str:
    """Return all exit codes with their meanings, a line for each. A paragraph about other exit codes follows."""
    codes = (f"  {code:3}  {meaning}" for code, meaning in MEANINGS.items())
    return "\n".join(["exit codes:", *codes, "", OTHERS])


def of_parts(done: int, failed: int) -> ExitCode:
    """Return the exit code of a command that did several things.

    Args:
        done: How many of them were done.
        failed: How many of them failed.

    Example:
        >>> of_parts(done=2, failed=1).name, of_parts(done=0, failed=1).name
        ('INCOMPLETE', 'FAILED')
    """
    if not failed:
        return ExitCode.DONE
    return ExitCode.INCOMPLETE if done else ExitCode.FAILED
