"""Which tests scripts/test starts a suite for, and which run at the same time."""

import pytest

from development.environment import ROOT
from development.test import LANES, needs_suite


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        ([], True),
        (["-x", "-k", "video"], True),
        (["tests"], True),
        (["tests/unit"], False),
        (["tests/unit", "tests/suite", "-x"], False),
        (["tests/suite/test_arguments.py::test_a"], False),
        ([f"{ROOT}/tests/unit"], False),
        (["tests/unit", "tests/rules"], True),
        (["tests/unit/../rules"], True),
    ],
)
def test_needs_suite(arguments: list[str], needed: bool) -> None:
    assert needs_suite(arguments) is needed


def test_the_lanes_hold_all_tests() -> None:
    folders = {str(path.relative_to(ROOT)) for path in (ROOT / "tests").iterdir() if [*path.rglob("test_*.py")]}
    assert sorted(folders) == sorted(folder for lane in LANES for folder in lane)
