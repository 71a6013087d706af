"""Running all tests: several runs of pytest at the same time.

Many tests with a suite wait for an emulator, a lease or an encoder of one thread. So two cores have time for two such
runs. The tests without a suite run at the same time, in a process for each core and with a lower priority. They take
the time that the other runs leave, and keep all cores busy to the end.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stoker_tools.cli.test.selection import PARALLEL
from stoker_tools.exit_codes import ExitCode

BEHIND = ("nice", "-n", "15")
"""The command that lowers the priority of a part."""

NOTHING_COLLECTED = 5
"""The exit code of pytest if no test was chosen: https://docs.pytest.org/en/stable/reference/exit-codes.html"""

COVERAGE = ("--cov", "--cov-report=", "--cov-fail-under=0")
"""The options that measure the coverage without a report, because a single part does not reach the floor."""


@dataclass(frozen=True)
class Part:
    """Tests that run in one run of pytest.

    Attributes:
        folders: The directories of the tests, from the root of the project.
        options: The options of pytest for this part.
        is_measured: Whether the coverage counts this part. Measuring makes tests half as slow again. Most tests that
            are not measured run the code of Stoker in other processes.
        prefix: The command that runs pytest.
    """

    folders: Sequence[str]
    options: Sequence[str] = ()
    is_measured: bool = True
    prefix: Sequence[str] = ()

    def command(self, arguments: Sequence[str], *, coverage: bool) -> list[str]:
        """Return the command that runs this part, with arguments for pytest."""
        measure = COVERAGE if coverage and self.is_measured else ()
        chosen = [*self.options, *measure, *arguments]
        return [*self.prefix, sys.executable, "-m", "stoker_tools", "test", *self.folders, *chosen]


PARTS = (
    Part(("tests/engine", "tests/emulator")),
    Part(
        ("tests/simulation", "tests/rules", "tests/clients", "tests/deploy", "tests/adopter", "tests/faults"),
        is_measured=False,
    ),
    Part(("tests/unit", "tests/suite"), PARALLEL, prefix=BEHIND),
)


def run_all(arguments: Sequence[str], *, coverage: bool) -> int:
    """Run all parts, and measure and show the coverage if that is asked for; return the exit code."""
    from stoker_tools.cli.test.coverage import is_enough
    from stoker_tools.emulators.command import end_in_order  # They need the packages that `enter` has installed.

    end_in_order()
    colour = ["--color=yes"] if sys.stdout.isatty() else []
    with tempfile.TemporaryDirectory(prefix="stoker-tests-") as directory:
        try:
            code = run_side_by_side(
                [part.command([*arguments, *colour], coverage=coverage) for part in PARTS], Path(directory)
            )
        except KeyboardInterrupt:
            return ExitCode.INTERRUPTED
        covered = not coverage or is_enough(Path(directory))
        return code or int(not covered)


def run_side_by_side(commands: Sequence[Sequence[str]], directory: Path) -> int:
    """Run commands at the same time, and show their outputs in the order of the commands.

    Args:
        commands: The commands.
        directory: An empty directory, for the output of each command and for its file of coverage (COVERAGE_FILE).

    Returns:
        The greatest exit code, as a shell would give it. `NOTHING_COLLECTED` counts only if all commands end with it.
    """
    processes: list[subprocess.Popen[bytes]] = []
    with contextlib.ExitStack() as stack:
        stack.callback(_end, processes)
        for number, command in enumerate(commands):
            variables = {**os.environ, "COVERAGE_FILE": str(directory / f"coverage-{number}")}
            with (directory / f"output-{number}").open("wb") as output:
                processes.append(subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=variables))
        for number, process in enumerate(processes):
            with (directory / f"output-{number}").open() as output:
                ended = False
                while not ended:
                    ended = process.poll() is not None
                    shutil.copyfileobj(output, sys.stdout)
                    sys.stdout.flush()
                    time.sleep(0 if ended else 0.2)  # Nothing reports that a file grows.
    codes = [process.returncode for process in processes]
    chosen = [code for code in codes if code != NOTHING_COLLECTED] or [NOTHING_COLLECTED]
    return max(128 - code if code < 0 else code for code in chosen)


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait()
