"""The pages of the documentation, as the tests read them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stoker_tools.setup.environment import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
"""Every page that is written in Markdown, as absolute paths."""

FENCE = re.compile(r"^( *)```([^\n]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Snippet:
    """A block of code on a page.

    Attributes:
        page: The page, relative to the project.
        line: The number of its first line on the page.
        language: The word behind the fence, such as `python`.
        code: The text between the fences, without the indentation of the fence.
    """

    page: Path
    line: int
    language: str
    code: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def snippets(language: str) -> list[Snippet]:
    """Return all snippets of a language, in the order of the pages.

    Args:
        language: For example `typescript`.
    """
    return [snippet for page in PAGES for snippet in _snippets_of(page) if snippet.language == language]


def languages() -> set[str]:
    """Return the languages of all snippets of all pages."""
    return {snippet.language for page in PAGES for snippet in _snippets_of(page)}


def prose(page: Path) -> str:
    """Return the text of a page without its blocks of code.

    Args:
        page: The page's path.
    """
    return FENCE.sub("", page.read_text())


def rows(page: str, title: str) -> dict[str, str]:
    """Return the rows of the tables on a page whose first column has a title, by their first cell.

    Args:
        page: The page's path in the folder `docs`.
        title: The title of the first column.
    """
    text = (ROOT / "docs" / page).read_text()
    tables = re.findall(rf"^\| {re.escape(title)} \|.*\n\| ---.*\n((?:\|.*\n)+)", text, re.MULTILINE)
    return {line.split("|")[1].strip(): line for lines in tables for line in lines.splitlines()}


def _snippets_of(page: Path) -> Iterator[Snippet]:
    text = page.read_text()
    for match in FENCE.finditer(text):
        indent, language, code = match.groups()
        code = re.sub(f"^{indent}", "", code, flags=re.MULTILINE)
        yield Snippet(page.relative_to(ROOT), text.count("\n", 0, match.start()) + 2, language, code)
