"""Dependencies point one way, and nothing heavy is imported before it is needed."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from stoker.jobs.attempt import run_attempt
from stoker.jobs.commands import create_processing_job
from stoker.jobs.memory_store import MemoryStore
from stoker.jobs.store import using
from stoker.models.job import JobOutput
from stoker_tools.generate.layers import ALLOWED, FOUNDATION

FUNCTIONS = Path(__file__).parents[2] / "functions"


def imported(package: str) -> set[tuple[str, str]]:
    """Return the imports of a package's files from `stoker`, as (file, top-level name below `stoker`)."""
    found = set()
    for file in (FUNCTIONS / "stoker" / package).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else names
            if names == ["stoker"] and isinstance(node, ast.ImportFrom):
                names = [f"stoker.{alias.name}" for alias in node.names]
            found |= {(file.name, name.split(".")[1]) for name in names if name.startswith("stoker.")}
    return found


def test_every_package_is_listed() -> None:
    packages = {path.parent.name for path in (FUNCTIONS / "stoker").glob("*/__init__.py")}
    assert packages - FOUNDATION == ALLOWED.keys()


@pytest.mark.parametrize("package", ALLOWED)
def test_dependencies_point_one_way(package: str) -> None:
    below = {"registry"} if package == "models" else FOUNDATION
    allowed = ALLOWED[package] | below | {package}
    assert {(file, name) for file, name in imported(package) if name not in allowed} == set()


def test_importing_main_imports_nothing_that_a_function_alone_needs() -> None:
    """Every function's cold start would be slower, and the Firebase CLI waits at most 10 s for `main`."""
    heavy = (
        "pydantic",
        "google.cloud.storage",
        "firebase_admin.functions",
        "av",
        "imageio_ffmpeg",
        "numpy",
        "stoker.jobs",
    )
    code = f"import sys, main; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=FUNCTIONS, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_main_needs_no_project_and_makes_no_client() -> None:
    code = "import main, threading; assert threading.active_count() == 1"
    subprocess.run([sys.executable, "-c", code], cwd=FUNCTIONS, env={"PATH": ""}, check=True)


def types_of(file: Path) -> Iterator[tuple[str, str]]:
    """Yield the public classes and type aliases of a module, as (name, definition).

    An alias is recognized by its name: words without underscores that begin with a capital.
    """
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.ClassDef):
            yield node.name, f"{file.relative_to(FUNCTIONS)}:{node.lineno}"
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name) and re.fullmatch("[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*", target.id):
                    yield target.id, ast.unparse(node.value) if node.value else ""


def test_no_two_public_types_have_the_same_name() -> None:
    """Two modules may repeat an alias only word for word: the child processes import nothing of `stoker`."""
    definitions: dict[str, set[str]] = {}
    for file in sorted((FUNCTIONS / "stoker").rglob("*.py")):
        for name, definition in types_of(file):
            if not name.startswith("_") and not definition.startswith("TypeVar("):
                definitions.setdefault(name, set()).add(definition)
    assert {name: found for name, found in definitions.items() if len(found) > 1} == {}


CONFLICTS = {"Conflict", "CONFLICTS", "REFUSED", "FailedPrecondition", "NotFound", "AlreadyExists", "Aborted"}
"""The names of the errors of a commit that another write has overtaken."""


def conflicts_in(node: ast.AST | None) -> set[str]:
    """Return the names of conflicts in an expression."""
    within = list(ast.walk(node)) if node is not None else []
    names = {each.attr for each in within if isinstance(each, ast.Attribute)}
    return (names | {each.id for each in within if isinstance(each, ast.Name)}) & CONFLICTS


def tries_again(loop: ast.For | ast.While) -> bool:
    """Return whether a loop goes on after a conflict."""
    handlers = [each for each in ast.walk(loop) if isinstance(each, ast.ExceptHandler)]
    going_on = [one for one in handlers if not isinstance(one.body[-1], ast.Raise | ast.Return)]
    return any(conflicts_in(handler.type) for handler in going_on)


@pytest.mark.parametrize("package", sorted(ALLOWED.keys() - {"firestore"}))
def test_only_the_one_helper_tries_a_conflicting_write_again(package: str) -> None:
    """Other packages use `until_written`, and define no errors of their own for a conflict."""
    found = []
    for file in (FUNCTIONS / "stoker" / package).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if (isinstance(node, ast.Tuple | ast.List | ast.Set) and len(conflicts_in(node)) > 1) or (
                isinstance(node, ast.For | ast.While) and tries_again(node)
            ):
                found.append(f"{file.relative_to(FUNCTIONS)}:{node.lineno}")
    assert found == []


CORE = {"conditions", "effects", "events", "fields", "states", "transitions"}
"""The files of `jobs/` that decide. They read and write nothing."""


def test_the_core_of_the_engine_does_no_io() -> None:
    for name in CORE:
        tree = ast.parse((FUNCTIONS / "stoker" / "jobs" / f"{name}.py").read_text())
        modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        ours = {module for module in modules if module.startswith("stoker.")}
        allowed = {f"stoker.jobs.{one}" for one in CORE} | {"stoker.jobs", "stoker.errors"}
        assert {module for module in ours - allowed if not module.startswith("stoker.models")} == set()


def test_files_of_the_engine_are_short() -> None:
    files = (FUNCTIONS / "stoker" / "jobs").glob("*.py")
    assert {file.name for file in files if len(file.read_text().splitlines()) > 300} == set()


def test_files_of_the_engine_import_each_other_in_no_circle() -> None:
    imports: dict[str, set[str]] = {}
    for file in (FUNCTIONS / "stoker" / "jobs").glob("*.py"):
        nodes = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ImportFrom)]
        found = {(node.module or "").removeprefix("stoker.jobs.") for node in nodes}
        imports[file.stem] = {name for name in found if (file.parent / f"{name}.py").exists()}
    while leaves := {name for name, found in imports.items() if not found}:
        imports = {name: found - leaves for name, found in imports.items() if name not in leaves}
    assert imports == {}


def test_a_job_id_goes_one_way() -> None:
    """From the queue's function on, an id is handed down through few files, and no function gets it twice."""
    job_id, seen = "the-job", list[tuple[str, str]]()
    jobs = str(FUNCTIONS / "stoker" / "jobs")

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(jobs):
            arguments = [frame.f_locals.get(name) for name in code.co_varnames[: code.co_argcount]]
            if job_id in [one for one in arguments if isinstance(one, str)]:
                seen.append((Path(code.co_filename).stem, code.co_name))

    with using(MemoryStore()):
        create_processing_job("ada", "video-processing", {"source": "user-uploads/ada/a.mov"}, job_id=job_id)
        sys.setprofile(note)
        try:
            run_attempt(job_id, lambda context, job_input: JobOutput(files=[]))
        finally:
            sys.setprofile(None)
    assert len({file for file, _ in seen}) <= 10
    assert len(seen) == len(set(seen))
