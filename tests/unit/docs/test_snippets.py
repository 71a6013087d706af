"""The snippets on the pages: Python calls what exists, JSON and YAML can be read, settings are valid."""

import ast
import inspect
import json
from importlib import import_module
from typing import Any

import pytest
import yaml

from stoker.models.batch import ImportTasks
from stoker.models.document import Model
from stoker.models.settings import JobSettings, SignUpSettings
from stoker_tools.generate.access import policies
from unit.docs.pages import Snippet, languages, snippets

LANGUAGES = {"python", "typescript", "json", "yaml", "toml", "console", "mermaid", ""}
"""The languages of snippets. Each has a test; a block without a language is a drawing of folders."""

FILES = ("docs/add-a-job-type.md", "docs/extend.md")
"""The pages whose snippets are parts of files. `test_new_type.py` and `test_extend_page.py` run them."""

PYTHON = [snippet for snippet in snippets("python") if str(snippet.page) not in FILES]

SETTINGS: dict[str, type[Model]] = {
    "paused": JobSettings,
    "userLimits": JobSettings,
    "blockedDomains": SignUpSettings,
    "operation": ImportTasks,
}
"""The models of snippets in JSON, by a field that they have."""


def imports(tree: ast.Module) -> dict[str, Any]:
    """Import what a snippet imports, and return it by its name."""
    nodes = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    return {alias.name: getattr(import_module(node.module or ""), alias.name) for node in nodes for alias in node.names}


@pytest.mark.parametrize("snippet", PYTHON, ids=str)
def test_python_calls_functions_with_arguments_that_they_take(snippet: Snippet) -> None:
    tree = ast.parse(snippet.code)
    known = imports(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in known:
            by_name = {keyword.arg: None for keyword in node.keywords if keyword.arg}
            inspect.signature(known[node.func.id]).bind(*node.args, **by_name)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert known.keys() <= used


@pytest.mark.parametrize("snippet", PYTHON, ids=str)
def test_python_imports_only_public_names(snippet: Snippet) -> None:
    """All other names of the package may change with every release."""
    modules = {node.module or "" for node in ast.parse(snippet.code).body if isinstance(node, ast.ImportFrom)}
    assert not [module for module in modules if module.startswith("stoker.")]


@pytest.mark.parametrize("snippet", snippets("json"), ids=str)
def test_json_can_be_read_and_settings_are_valid(snippet: Snippet) -> None:
    data = json.loads(snippet.code)
    for field, model in SETTINGS.items():
        if field in data:
            model.from_firestore(data)


@pytest.mark.parametrize("snippet", snippets("yaml"), ids=str)
def test_an_entry_of_the_rules_is_valid(snippet: Snippet) -> None:
    [name] = yaml.safe_load(snippet.code)
    assert f'"{name}"' in policies(snippet.code)


def test_each_snippet_has_a_language_that_is_tested() -> None:
    assert languages() == LANGUAGES
