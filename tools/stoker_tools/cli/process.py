"""The process of a command: its exit code, and an end in order if its output can't be written."""

import contextlib
import errno
import io
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, NoReturn

STREAMS = (os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)
"""How the null device is opened if standard input, output or error is closed. To write the output then fails."""


class OutputError(Exception):
    """The output can't be written.

    Args:
        cause: The system's answer.
    """

    def __init__(self, cause: OSError) -> None:
        super().__init__(f"The output can't be written: {cause.strerror}.")
        self.reader_is_gone = cause.errno == errno.EPIPE


def run_command(main: Callable[[], int | None]) -> NoReturn:
    """Run a command, and end the process with its exit code.

    If the output can't be written, the process ends with a sentence and exit code 1. If the reader of a pipe has ended,
    nothing is said, and the exit code is that of the signal SIGPIPE.

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
        # Otherwise Python would write what is left once more at its end, and complain.
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
        return len(data)  # Nobody can be told. The exit code says that something failed.


def _replace_closed_streams() -> None:
    for number, flags in enumerate(STREAMS):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)  # It gets the lowest free number, which is this one.


def _text(raw: io.FileIO, before: Any) -> io.TextIOWrapper:
    encoding = getattr(before, "encoding", "utf-8")
    errors = getattr(before, "errors", "strict")
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding, errors, line_buffering=raw.isatty() or raw.fileno() == 2)
