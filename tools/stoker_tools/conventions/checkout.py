"""The files of a checkout, and the conventions that apply to them."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from stoker_tools.conventions import docstrings, file_names, lengths

PROSE = ("functions", "tools", "scripts")
"""The directories whose docstrings are checked."""

SHORT = ("functions/stoker", "tools", "scripts", "tests", "benchmarks")
"""The directories whose files must be short."""

UNIQUE = "functions/stoker"
"""The directory in which a file name may occur once."""

IGNORED = {"__pycache__", "node_modules", "venv", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
"""Directories that git ignores too."""


def problems(root: Path) -> list[str]:
    """Return a sentence for each place in a checkout that breaks a convention.

    Args:
        root: The top directory of the checkout.
    """
    found: list[str] = []
    for path in _files(root, PROSE, {".py"}):
        found += docstrings.problems(str(path.relative_to(root)), path.read_text(encoding="utf-8"))
    for path in _files(root, SHORT, lengths.CODE):
        found += lengths.problems(str(path.relative_to(root)), path.read_text(encoding="utf-8"))
    inside = root / UNIQUE
    found += file_names.problems(path.relative_to(inside) for path in _files(root, [UNIQUE], {".py"}))
    return found


def _files(root: Path, directories: Iterable[str], suffixes: set[str]) -> Iterator[Path]:
    for directory in directories:
        for path in sorted((root / directory).rglob("*")):
            if path.suffix in suffixes and path.is_file() and not IGNORED & set(path.relative_to(root).parts):
                yield path
