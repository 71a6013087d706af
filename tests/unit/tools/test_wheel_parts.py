"""The wheel `stoker`: its dependencies, and the extras that each part of the package needs."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

from stoker_tools.setup.environment import ROOT

STOKER = ROOT / "functions" / "stoker"

USED_BY = {
    "video": {"video"},
    "speech": {"speech"},
    "analytics": {"analytics"},
    "captions": {"video", "speech"},
    "probe": {"video", "speech"},
    "sandbox": {"video", "speech"},
    "sound": {"video", "speech"},
}
"""The extras that use a package of `stoker`. Each of them must bring all that the package imports. Everything else must
run with the core alone."""

WITH_OTHERS = (
    *("cloudevents.", "google.api_core.", "google.auth.", "google.events.", "grpc.", "gunicorn."),
    *("pydantic_core.", "requests.", "typing_extensions."),
)
"""Modules of packages that the core brings along. The groups name only what is chosen."""


def normalized(requirement: str) -> str:
    """Return the name of the package of a requirement, in one spelling."""
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=;\[ ]", requirement)[0]).lower()


@cache
def project() -> dict[str, Any]:
    """The table `project` of the wheel."""
    return dict(tomllib.loads((ROOT / "packages/stoker/pyproject.toml").read_text())["project"])


@cache
def brought(extra: str | None = None) -> set[str]:
    """The packages that the core names, and those of an extra."""
    named = [*project()["dependencies"], *(project()["optional-dependencies"][extra] if extra else ())]
    return {normalized(requirement) for requirement in named}


@cache
def by_module() -> Mapping[str, list[str]]:
    """The packages of this environment that hold each module."""
    return packages_distributions()


def modules_of(file: Path) -> Iterator[str]:
    """Yield every module that a file imports, anywhere in it, and that neither Python nor `stoker` has."""
    for node in ast.walk(ast.parse(file.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        yield from (name for name in names if name.split(".")[0] not in {*sys.stdlib_module_names, "stoker"})


def packages_of(module: str) -> set[str]:
    """Return the packages that may hold a module."""
    if module.startswith("google.cloud."):
        return {"-".join(module.split(".")[:3]).partition("_")[0]}
    return {normalized(name) for name in by_module().get(module.split(".")[0], ())}


def test_core_and_extras_are_what_the_functions_are_locked_from() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    extras = project()["optional-dependencies"].values()
    named = {*project()["dependencies"], *(name for extra in extras for name in extra)}
    assert named == set(groups["functions"])


def test_both_wheels_run_on_the_same_pythons_as_the_checkout() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    for package in ("stoker", "stoker-tools"):
        declared = tomllib.loads((ROOT / f"packages/{package}/pyproject.toml").read_text())["project"]
        assert declared["requires-python"] == wanted


def test_a_part_imports_only_what_its_extras_bring() -> None:
    wrong = []
    for file in sorted(STOKER.rglob("*.py")):
        part = file.relative_to(STOKER).parts[0]
        allowed = set.intersection(*(brought(extra) for extra in USED_BY.get(part, {None})))
        for module in modules_of(file):
            if not f"{module}.".startswith(WITH_OTHERS) and not packages_of(module) & allowed:
                wrong.append(f"{file.relative_to(STOKER)} imports {module}")
    assert wrong == []


@pytest.mark.slow
def test_the_core_is_imported_without_any_extra() -> None:
    extras = set().union(*(brought(extra) for extra in ("video", "speech", "analytics"))) - brought()
    absent = {module for module, names in by_module().items() if set(map(normalized, names)) & extras}
    modules = [".".join(file.relative_to(STOKER.parent).with_suffix("").parts) for file in sorted(STOKER.rglob("*.py"))]
    core = [module for module in modules if module.split(".")[1] not in USED_BY and not module.endswith("__init__")]
    code = f"""
import importlib, sys
sys.modules.update(dict.fromkeys({absent!r}))  # An import of such a name fails.
sys.path.insert(0, {str(STOKER.parent)!r})
for module in ["main", *{core!r}]:
    importlib.import_module(module)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
