"""Files of code have at most 400 lines. A longer file holds more than one noun."""

from collections.abc import Iterator
from typing import Final

MOST_LINES: Final = 400

CODE: Final = {".py", ".js", ".cjs", ".mjs", ".ts", ".html", ".java", ".sh"}
"""The endings of files of code. Data, such as a corpus of sentences, may be longer."""


def problems(name: str, source: str) -> Iterator[str]:
    """Yield a sentence if a file is too long.

    Args:
        name: The file's name, for the sentence.
        source: The file's text.
    """
    lines = len(source.splitlines())
    if lines > MOST_LINES:
        yield f"{name}:{MOST_LINES + 1}: The file has {lines} lines, and may have {MOST_LINES}: divide it by its nouns."
