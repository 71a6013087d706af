"""The source files of an app's codebases, as the checks for collisions read them."""

import os
from collections.abc import Iterator
from pathlib import Path

from stoker_tools.install.foreign_codebases import ForeignCodebase
from stoker_tools.install.foreign_refusals import Remark

SUFFIXES = (".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx", ".py")
SKIPPED = frozenset(
    {"node_modules", "venv", ".venv", "__pycache__", ".git", "__tests__", "test", "tests", "coverage", ".mypy_cache"}
)
"""Folders without deployed code of the app."""

BUILT = frozenset({"lib", "dist", "build", "out"})
"""Folders with compiled code. They are read only if the codebase has no folder `src`."""

LONGEST = 4 << 20
"""The longest file that is read, in bytes. Longer ones are bundles of foreign packages."""


def source_files(root: Path, codebase: ForeignCodebase, skipped: str) -> tuple[dict[str, str], list[Remark]]:
    """Return the texts of a codebase's source files, by their paths relative to firebase.json, and what was left out.

    Args:
        root: The directory of firebase.json.
        codebase: The codebase.
        skipped: The folder of Stoker's functions, which may lie inside of the codebase.
    """
    files: dict[str, str] = {}
    remarks: list[Remark] = []
    if not codebase.source:
        return files, remarks
    for path in _paths(root / codebase.source, (root / skipped).resolve()):
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
        if path.stat().st_size > LONGEST:
            sentence = f"{name} is longer than {LONGEST >> 20} MiB, so stoker has not looked for functions in it."
            remarks.append(Remark(name, 0, "not-looked-at", sentence))
        else:
            # A byte that is no UTF-8 stands in a string or a comment, which do not count.
            files[name] = path.read_text(encoding="utf-8", errors="replace")
    return files, remarks


def _paths(source: Path, skipped: Path) -> Iterator[Path]:
    left_out = SKIPPED | (BUILT if (source / "src").is_dir() else frozenset())
    for folder, folders, names in os.walk(source):
        folders[:] = sorted(one for one in folders if one not in left_out and (Path(folder) / one).resolve() != skipped)
        for name in sorted(names):
            is_test = ".test." in name or ".spec." in name or name.endswith(".d.ts")
            if name.endswith(SUFFIXES) and not is_test and (Path(folder) / name).is_file():
                yield Path(folder) / name
