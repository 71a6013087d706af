"""Docstrings begin with an imperative or a noun phrase, and not with a question word.

The first sentence of a docstring is often all that a reader sees, in an editor or a list. "Take a pending job under a
new lease." names its subject. "What an attempt holds of a job" lets the reader guess it.
"""

import ast
import re
from collections.abc import Iterator

QUESTION = re.compile(r"(?:What|Who|Whoever|Whatever|Which|Whether|Where|How)\b", re.IGNORECASE)
"""A beginning that is refused."""

SENTENCE = re.compile(r".*?[.!?:](?=\s|$)", re.DOTALL)


def problems(name: str, source: str) -> Iterator[str]:
    """Yield a sentence for each docstring that begins with a question word.

    A string that stands as a statement behind an assignment documents the assigned name. It is checked too.

    Args:
        name: The file's name, for the sentences.
        source: The file's text, which is Python.

    Example:
        >>> list(problems("lease.py", '"What an attempt holds of a job."'))
        ['lease.py:1: A docstring begins with a question word: "What an attempt holds of a job."']
    """
    for line, text in _docstrings(source):
        if QUESTION.match(text):
            yield f'{name}:{line}: A docstring begins with a question word: "{_first_sentence(text)}"'


def _docstrings(source: str) -> list[tuple[int, str]]:
    """Return the line and the text of every string that is a statement."""
    return sorted(
        (node.lineno, node.value.value.strip())
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    )


def _first_sentence(text: str) -> str:
    found = SENTENCE.match(text)
    return " ".join((found[0] if found else text).split())
