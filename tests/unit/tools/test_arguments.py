"""The arguments of `stoker test`: the need of a suite, and the parts that run at the same time."""

import subprocess
import sys
from pathlib import Path

import pytest

from stoker_tools.cli.test.parts import NOTHING_COLLECTED, PARTS, run_side_by_side
from stoker_tools.cli.test.selection import needs_no_suite
from stoker_tools.setup.environment import ROOT


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        ([], True),
        (["-x", "-k", "video"], True),
        (["-k", "docs"], True),
        (["tests"], True),
        (["tests/unit"], False),
        (["tests/unit", "tests/suite", "-x"], False),
        (["tests/deploy"], False),
        (["tests/suite/test_parts.py::test_a"], False),
        ([f"{ROOT}/tests/unit"], False),
        (["tests/unit", "tests/rules"], True),
        (["tests/unit/../rules"], True),
        (["tests/simulation"], False),
        (["tests/engine"], True),
    ],
)
def test_needs_suite(arguments: list[str], needed: bool) -> None:
    assert needs_no_suite(arguments) is not needed


@pytest.mark.parametrize(
    "arguments", [["--fast", "tests/rules"], ["--python", "3.13"], ["--python=3.13", "tests/suite"]]
)
def test_what_needs_a_suite_is_neither_fast_nor_run_on_another_python(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "stoker_tools", "test", *arguments]
    done = subprocess.run(command, cwd=ROOT / "tools", capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "tests/unit" in done.stderr


def test_a_file_that_does_not_exist_is_named() -> None:
    command = [sys.executable, "-m", "stoker_tools", "test", "--fast", "tests/engine/test_nowhere.py::test_a"]
    done = subprocess.run(command, cwd=ROOT / "tools", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (10, "There is no tests/engine/test_nowhere.py.\n")


def test_the_parts_hold_all_tests() -> None:
    folders = {str(path.relative_to(ROOT)) for path in (ROOT / "tests").iterdir() if [*path.rglob("test_*.py")]}
    assert sorted(folders) == sorted(folder for part in PARTS for folder in part.folders)


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_parts_run_at_the_same_time_and_print_in_their_order(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    meeting = tmp_path / "meeting"
    # The first goes on when the second has ended and the third has begun; it is printed before both.
    first = f"import os, time\nwhile not os.path.exists({str(meeting)!r}): time.sleep(0.01)\nprint('first')"
    commands = [python(first), python("print('second')"), python(f"open({str(meeting)!r}, 'w'); print('third')")]
    assert run_side_by_side(commands, tmp_path) == 0
    assert capfd.readouterr().out.split() == ["first", "second", "third"]


@pytest.mark.parametrize(
    ("codes", "together"),
    [([0, 0], 0), ([0, 1], 1), ([NOTHING_COLLECTED, 0], 0), ([NOTHING_COLLECTED] * 2, NOTHING_COLLECTED)],
)
def test_the_exit_code_of_all_parts(codes: list[int], together: int, tmp_path: Path) -> None:
    assert run_side_by_side([python(f"raise SystemExit({code})") for code in codes], tmp_path) == together


def test_the_exit_code_of_a_part_that_a_signal_ends(tmp_path: Path) -> None:
    assert run_side_by_side([python("import os; os.kill(os.getpid(), 9)")], tmp_path) == 128 + 9
