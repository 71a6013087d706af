"""The table of deployed functions in the documentation, from `stoker.functions` and `rules/functions.rules`."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from stoker import registry
from stoker.task_functions import description
from stoker_tools.generate.access import CallableEntry, InvokerEntry, entries
from stoker_tools.generate.markdown import table

INVOKER_NAMES = {
    "eventarc": "an event",
    "cloud-tasks": "its queue",
    "cloud-scheduler": "a schedule",
    "identity-platform": "Firebase Auth",
}


def function_table(functions: Path, rules: str) -> str:
    """Return a row for each function: its name, its caller, and what it does.

    Args:
        functions: The file that defines the functions: `stoker/functions.py`.
        rules: The text of `rules/functions.rules`.
    """
    named = entries(rules)
    rows = [(f"`{name}`", _caller(named[name]), text) for name, text in _functions(functions, named)]
    return table(("function", "called by", "effect"), rows)


def _functions(file: Path, named: Mapping[str, CallableEntry | InvokerEntry]) -> Iterator[tuple[str, str]]:
    """Yield the name of each function with an entry in the rules, and the first paragraph of its docstring."""
    types = {queue.name: one.name for one in registry.job_types().values() for queue in one.queues}
    nodes = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef | ast.Assign)]
    for node in sorted(nodes, key=lambda one: one.lineno):
        if isinstance(node, ast.FunctionDef) and node.name in named:
            yield node.name, " ".join((ast.get_docstring(node) or "").partition("\n\n")[0].split())
        elif isinstance(node, ast.Assign) and isinstance(name := node.targets[0], ast.Name) and name.id in types:
            deletes_owner = registry.queue_of(types[name.id]).name != name.id
            yield name.id, description(types[name.id], deletes_owner=deletes_owner)


def _caller(entry: CallableEntry | InvokerEntry) -> str:
    if isinstance(entry, InvokerEntry):
        return INVOKER_NAMES[entry.invoker]
    return f"clients: {', '.join(entry.roles)}" if entry.signed_in else "clients"
