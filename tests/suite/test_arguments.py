"""Which tests scripts/test starts a suite for."""

import pytest

from development.environment import ROOT
from development.test import needs_suite


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
