"""A command in a terminal, whose questions are answered."""

import os
import pty
import re
import select
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Answers = Mapping[str, str | Callable[[str], str]]
"""The answer to each question, by a part of the question's text. A function gets the output up to the question."""

CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")
"""The sequences with which a program moves the cursor and sets colours."""


@dataclass(frozen=True)
class Run:
    """A command that has ended.

    Attributes:
        code: Its exit code.
        output: The text that it has written, without colours.
    """

    code: int
    output: str

    @property
    def error(self) -> str:
        """The last error that the Firebase CLI has named, in one line; empty if there is none."""
        return " ".join(self.output.rpartition("\nError: ")[2].split()) if "\nError: " in self.output else ""


def without_terminal(command: Sequence[str], cwd: Path, environment: Mapping[str, str], seconds: float) -> Run:
    """Run a command as a script does, which can't answer questions."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
        check=False,
    )
    return Run(done.returncode, CONTROL.sub("", done.stdout))


def in_terminal(
    command: Sequence[str], cwd: Path, environment: Mapping[str, str], answers: Answers, seconds: float
) -> Run:
    """Run a command in a terminal, and answer its questions in their order.

    Args:
        command: The command.
        cwd: The directory that it runs in.
        environment: All variables of the process.
        answers: The answers to its questions.
        seconds: The longest time that the command may take.

    Raises:
        TimeoutError: The command has not ended in time, such as because it asks another question.
    """
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command, cwd=cwd, env={**environment, "TERM": "xterm"}, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    try:
        output = _conversation(ours, list(answers.items()), time.monotonic() + seconds)
        return Run(process.wait(seconds), output)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _conversation(terminal: int, answers: list[tuple[str, str | Callable[[str], str]]], end: float) -> str:
    output, answered = "", 0
    while True:
        if not select.select([terminal], [], [], max(0, end - time.monotonic()))[0]:
            raise TimeoutError(f"The command has not ended in time. Its output:\n{output}")
        try:
            read = os.read(terminal, 65536)
        except OSError:  # Linux reports so that the other side was closed.
            read = b""
        if not read:
            return output
        output += CONTROL.sub("", read.decode(errors="replace"))
        if answers and answers[0][0] in output[answered:]:
            answer = answers.pop(0)[1]
            os.write(terminal, (answer if isinstance(answer, str) else answer(output)).encode())
            answered = len(output)
