"""The table of deployed functions in the documentation, from `functions/main.py` and `rules/functions.rules`."""

import ast
from collections.abc import Iterator
from pathlib import Path

from stoker.access.policies import CALLABLES, INVOKERS
from stoker_tools.generate.markdown import table

INVOKER_NAMES = {
    "eventarc": "an event",
    "cloud-tasks": "its queue",
    "cloud-scheduler": "a schedule",
    "identity-platform": "Firebase Auth",
}


def function_table(main: Path) -> str:
    """Return a row for each function: its name, its caller, and what it does.

    Args:
        main: The file that defines the functions.
    """
    rows = [(f"`{name}`", _caller(name), text) for name, text in _functions(main)]
    return table(("function", "called by", "effect"), rows)


def _functions(main: Path) -> Iterator[tuple[str, str]]:
    """Yield the name of each function with an entry in the rules, and the first paragraph of its docstring."""
    for node in ast.walk(ast.parse(main.read_text())):
        if isinstance(node, ast.FunctionDef) and (node.name in CALLABLES or node.name in INVOKERS):
            yield node.name, " ".join((ast.get_docstring(node) or "").partition("\n\n")[0].split())


def _caller(name: str) -> str:
    if name in INVOKERS:
        return INVOKER_NAMES[INVOKERS[name]]
    policy = CALLABLES[name]
    return f"clients: {', '.join(policy.roles)}" if policy.signed_in else "clients"
