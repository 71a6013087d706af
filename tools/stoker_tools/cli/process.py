"""Running a command to its exit code, and ending it in order if its output can't be written."""

import contextlib
import errno
import io
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, NoReturn

STREAMS = (os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)
"""The modes in which the null device replaces closed standard streams. Writing to a closed output must still fail."""


class OutputError(Exception):
    """The output can't be written.

    Args:
        cause: The error of the operating system.
    """

    def __init__(self, cause: OSError) -> None:
        super().__init__(f"The output can't be written: {cause.strerror}.")
        self.reader_is_gone = cause.errno == errno.EPIPE


def run_command(main: Callable[[], int | None]) -> NoReturn:
    """Run a command, and end the process with its exit code.

    If the output can't be written, the process ends with a sentence and exit code 1. If the reader of a pipe has ended,
    the process ends without a word, and with the exit code that a shell gives for the signal SIGPIPE.

    Args:
        main: The command; it returns the exit code.
    """
    _replace_closed_streams()
    sys.stdout = _text(_Output(1, "w", closefd=False), sys.stdout)
    sys.stderr = _text(_Errors(2, "w", closefd=False), sys.stderr)
    try:
        try:
            code = main()
        finally:
            sys.stdout.flush()
    except OutputError as error:
        # Otherwise Python would write the rest once more at its end, and print a stack trace.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if error.reader_is_gone:
            sys.exit(128 + signal.SIGPIPE)
        print(error, file=sys.stderr)
        sys.exit(1)
    sys.exit(code)


class _Output(io.FileIO):
    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError as error:
            raise OutputError(error) from error


class _Errors(io.FileIO):
    def write(self, data: Any) -> int:
        with contextlib.suppress(OSError):
            return super().write(data)
        return len(data)  # Nobody can read the message. The exit code still says that something failed.


def _replace_closed_streams() -> None:
    for number, flags in enumerate(STREAMS):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)  # The file gets the lowest free number, which is this one.


def _text(raw: io.FileIO, before: Any) -> io.TextIOWrapper:
    encoding = getattr(before, "encoding", "utf-8")
    errors = getattr(before, "errors", "strict")
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding, errors, line_buffering=raw.isatty() or raw.fileno() == 2)
