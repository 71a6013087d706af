"""The page of operations names each log event that the functions write, and each exit code of the commands."""

import ast
from collections.abc import Iterator

import pytest

from stoker_tools.exit_codes import MEANINGS
from stoker_tools.setup.environment import ROOT
from unit.docs.test_reference import rows


def keyword_texts(source: str, name: str) -> Iterator[str]:
    """Yield the text that each call in a module passes as a keyword argument.

    Args:
        source: The source of the module.
        name: The name of the argument.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword) and node.arg == name:
            assert isinstance(node.value, ast.Constant), f"{name} must be a plain text: {ast.unparse(node.value)}"
            yield str(node.value.value)


def test_the_table_of_log_events_names_each_event_that_the_functions_write() -> None:
    sources = [path.read_text() for path in (ROOT / "functions/stoker").rglob("*.py")]
    written = {event for source in sources for event in keyword_texts(source, "event")}
    assert {f"`{event}`" for event in written} == set(rows("operations.md", "`jsonPayload.event`"))


def test_the_table_of_exit_codes_has_each_code_with_its_meaning() -> None:
    table = [line.strip("| \n").split(" | ") for line in rows("operations.md", "exit code").values()]
    assert table == [[str(int(code)), meaning] for code, meaning in MEANINGS.items()]
