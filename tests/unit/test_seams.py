"""Tests use only public names of our code, and set no constants."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parents[1]
ROOTS = (TESTS.parent / "functions", TESTS.parent / "tools")

LIBRARIES = {
    *("_consumer", "_content", "_credentials", "_database_string", "_firestore_api", "_firestore_api_internal"),
    *("_getframe", "_nested_query", "_on_response", "_parent", "_parent_info", "_rpc", "_rpc_metadata", "_target"),
    *("_document_path", "_exit", "_to_protobuf", "_transport", "_wrapped_methods"),
}
"""Private names of other people's libraries. Their requests and counts can't be seen in another way."""


def modules(tree: ast.AST) -> dict[str, str]:
    """Return the names in a file that stand for our modules or their members, with their full names."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in ("stoker", "stoker_tools"):
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


@cache
def constants(module: str) -> set[str]:
    """Return the names that one of our modules declares as `Final`."""
    name = f"{module.replace('.', '/')}.py"
    files = [root / name for root in ROOTS if (root / name).exists()]
    tree = ast.parse(files[0].read_text()) if files else ast.Module([], [])
    return {
        node.target.id
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        if "Final" in ast.unparse(node.annotation)
    }


def own(tree: ast.AST) -> set[str]:
    """Return the private names that a test file itself defines."""
    found = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and _is_self(node.value)}
    return found | {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in LIBRARIES


def complaints(source: str) -> Iterator[str]:
    """Yield a sentence for each use of a private name or constant in a test file."""
    tree = ast.parse(source)
    known, defined = modules(tree), own(tree)
    for name in known.values():
        if _is_private(name.rpartition(".")[2]):
            yield f"imports {name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _is_private(node.attr) and node.attr not in defined:
            yield f"line {node.lineno}: uses {ast.unparse(node)}"
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "setattr"):
            continue
        target, *rest = node.args
        if isinstance(target, ast.Constant):
            module, _, name = str(target.value).rpartition(".")
        elif rest and isinstance(rest[0], ast.Constant):
            module, name = known.get(ast.unparse(target), ""), str(rest[0].value)
        else:
            continue
        if _is_private(name) or name in constants(module):
            yield f"line {node.lineno}: sets {module}.{name}"


def test_tests_reach_into_nothing_private_and_set_no_constant() -> None:
    found = {
        str(path.relative_to(TESTS)): problems
        for path in sorted(TESTS.rglob("*.py"))
        if (problems := list(complaints(path.read_text())))
    }
    assert found == {}


def test_what_is_private_or_final_is_noticed() -> None:
    source = """
from stoker import config
from stoker.video import worker as video
from stoker.video.worker import _recipe
def test(monkeypatch):
    monkeypatch.setattr(config, "REGION", "mars")
    monkeypatch.setattr(config, "TASKS", "tasks-7")
    monkeypatch.setattr("stoker.config.GIB", 7)
    monkeypatch.setattr(video, "_run", None)
    video._upload()
"""
    assert list(complaints(source)) == [
        "imports stoker.video.worker._recipe",
        "line 6: sets stoker.config.REGION",
        "line 8: sets stoker.config.GIB",
        "line 9: sets stoker.video.worker._run",
        "line 10: uses video._upload",
    ]
