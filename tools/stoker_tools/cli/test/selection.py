"""The tests that pytest's arguments name, and whether these need a suite."""

from collections.abc import Sequence
from pathlib import Path

from stoker_tools.setup import environment

TESTS = environment.ROOT / "tests"
PYTHON_ONLY = ("tests/unit", "tests/engine", "tests/simulation")
"""The directories of tests that need only the Python tools. Tests of `tests/engine` that need more are marked
`emulator`."""

PYTHON_FOLDERS = tuple(environment.ROOT / name for name in PYTHON_ONLY)

ALONE = tuple(TESTS / name for name in ("unit", "simulation", "suite", "deploy", "adopter"))
"""The directories of tests that need no running suite. The tests of `suite` and `adopter` start suites of their own."""

PARALLEL = ("--numprocesses=logical", "--dist=worksteal")
"""One process of pytest for each processor. Each takes tests in their order, and then tests that another has left, so
that most fixtures of a module are made once (https://pytest-xdist.readthedocs.io/en/stable/distribution.html)."""

FAST = (*PARALLEL, "-m", "not soak and not slow and not emulator")


def needs_no_suite(arguments: Sequence[str]) -> bool:
    """Return whether the arguments name tests, and none of these tests needs a running suite."""
    return all_under(arguments, *ALONE)


def all_under(arguments: Sequence[str], *directories: Path) -> bool:
    """Return whether the arguments name files or directories, and all of these lie under some directories."""
    paths = named(arguments)
    return bool(paths) and all(any(path.is_relative_to(directory) for directory in directories) for path in paths)


def named(arguments: Sequence[str]) -> list[Path]:
    """Return the files and directories of tests that the arguments name."""
    paths = [environment.ROOT / argument.partition("::")[0] for argument in arguments if not argument.startswith("-")]
    found = [path.resolve() for path in paths if path.exists()]
    return [
        path for path in found if path.is_relative_to(TESTS)
    ]  # Other paths are values of options, such as `-k docs`.


def absent(arguments: Sequence[str]) -> list[str]:
    """Return the arguments that name missing tests. In several processes, pytest would ignore them without a word."""
    paths = [argument.partition("::")[0] for argument in arguments if argument.startswith("tests/")]
    return [path for path in paths if not (environment.ROOT / path).exists()]
