"""Each relative link on a page leads to a file, and each anchor to a heading. Each path in code exists."""

import re
from functools import cache
from pathlib import Path

import pytest

from stoker_tools.setup.environment import ROOT
from unit.docs.pages import PAGES, prose

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")

TREES = ("functions", "tools", "tests", "scripts", "clients", "benchmarks", "rules", "docs", "examples")
"""The folders of the project in which a path on a page is looked up."""

MADE_BY_EXAMPLES = {
    "app.ts",
    "words.py",
    "word_count.py",
    "stoker.js",
    "cors.json",
    "installed.json",
    "clip.mp4",
    "words.json",
    "tasks-001.json",
    "waveform.json",
}
"""Names of files that the examples and their jobs make."""


def anchor(heading: str) -> str:
    """Return the anchor that GitHub gives to a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


@cache
def anchors(page: Path) -> set[str]:
    """Return all anchors of a page. A heading that is there again has a number."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE):
        name, number = anchor(heading), 0
        while (f"{name}-{number}" if number else name) in found:
            number += 1
        found.add(f"{name}-{number}" if number else name)
    return found


@cache
def paths() -> list[str]:
    """Return all files of the project, each with a slash before its path."""
    files = [file for tree in TREES for file in (ROOT / tree).rglob("*") if file.is_file()]
    files += [file for file in ROOT.iterdir() if file.is_file()]
    return [f"/{file.relative_to(ROOT)}" for file in files if "__pycache__" not in file.parts]


def broken_links(page: Path) -> list[str]:
    """Return the relative links of a page that lead nowhere."""
    found = []
    for link in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, name = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (name and name not in anchors(target)):
            found.append(link)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_link_and_anchor_exists(page: Path) -> None:
    assert broken_links(page) == []


def test_a_broken_link_and_a_broken_anchor_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One `code` (2)\n[a](gone.md) [b](#one-code-2) [c](#two) [d](page.md#one-code-2) [e](page.md#no)\n"
    )
    assert broken_links(page) == ["gone.md", "#two", "page.md#no"]


CURRENT = [page for page in PAGES if page.name != "CHANGELOG.md"]
"""All pages but the one that also names files of earlier versions."""


@pytest.mark.parametrize("page", CURRENT, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_file_that_a_page_names_exists(page: Path) -> None:
    """A file may be named by the end of its path, such as `jobs/states.py`."""
    named = re.findall(r"`([\w./-]+\.(?:py|ts|rules|md|json|html|mjs))`", prose(page))
    known = [name for name in named if Path(name).name not in MADE_BY_EXAMPLES]
    missing = [name for name in known if not any(path.endswith(f"/{name}") for path in paths())]
    assert missing == []


IDENTIFIER = re.compile(r"[a-z]+(?:_[a-z0-9]+)+|[A-Z]+(?:_[A-Z]+)+|[A-Z][a-z]+(?:[A-Z][a-z]+)+")
"""A name of a function, a constant or a class that no sentence would hold."""

OTHER_NAMES = {"FlagDefault", "frame_mbs_only_flag", "JOB_ID"}
"""Names of Matroska and of H.264, and a place that a reader fills in."""


@cache
def identifiers() -> set[str]:
    """Return all names in the sources of the project."""
    texts = [(ROOT / path[1:]).read_text() for path in paths() if path.endswith((".py", ".ts", ".rules"))]
    return {name for text in texts for name in IDENTIFIER.findall(text)}


@pytest.mark.parametrize("page", CURRENT, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_name_of_the_code_on_a_page_is_in_the_code(page: Path) -> None:
    spans = re.findall(r"`([^`\n]+)`", prose(page))
    named = {name for span in spans for name in re.findall(rf"(?<![\w.-])(?:{IDENTIFIER.pattern})(?![\w.-])", span)}
    assert named - identifiers() - OTHER_NAMES == set()


def test_the_index_names_each_page_of_the_documentation() -> None:
    index = ROOT / "docs/README.md"
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in LINK.findall(index.read_text())}
    assert {page for page in PAGES if "docs" in page.parts} - linked - {index} == set()
