"""The commands on the pages exist, and know the options that the pages show."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from stoker_tools.setup.environment import ROOT
from unit.docs.pages import PAGES, prose, snippets

WITH_SUBCOMMANDS = {f"scripts/{name}" for name in ("jobs", "roles", "keys", "accounts", "analytics", "progress")}

PASSED_ON = {"scripts/bench": {"--long", "--documents"}, "scripts/test": {"--cov", "--cov-report"}}
"""Options that a command passes to a benchmark or to pytest."""

Command = tuple[str, ...]
"""A command's path, and its subcommand if it has one."""


def lines() -> Iterator[str]:
    """Yield each command line of the pages: behind a prompt, or in code within a text."""
    for snippet in snippets("console"):
        yield from re.findall(r"^\$ (.*?)\\?$", snippet.code, re.MULTILINE)
    for page in PAGES:
        yield from re.findall(r"`(scripts/[a-z-]+ [^`]*)`", prose(page))


def commands() -> dict[Command, set[str]]:
    """Return the options that the pages show, for each command."""
    found: dict[Command, set[str]] = {}
    for line in lines():
        words = [word for word in shlex.split(line.partition("|")[0], comments=True) if not re.match("[A-Z_]+=", word)]
        inner = words.index("--") if "--" in words else len(words)
        for part in (words[:inner], words[inner + 1 :]):
            if part and part[0].startswith("scripts/"):
                name, *others = part
                sub = others[:1] if name in WITH_SUBCOMMANDS and others and others[0].islower() else []
                options = {word.partition("=")[0] for word in others if word.startswith("--")}
                found.setdefault((name, *sub), set()).update(options - PASSED_ON.get(name, set()))
    return found


def help_of(command: Command) -> str:
    """Return the text that a command prints for `--help`."""
    environment = {"STOKER_PYTHON": sys.executable, "COLUMNS": "200", "PATH": os.defpath}
    line = [str(ROOT / command[0]), *command[1:], "--help"]
    return subprocess.run(line, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.slow
def test_each_command_knows_the_options_that_the_pages_show() -> None:
    shown = commands()
    with ThreadPoolExecutor(4) as threads:
        helps = dict(zip(shown, threads.map(help_of, shown), strict=True))
    unknown = {
        command: missing
        for command, options in shown.items()
        if (missing := {option for option in options if option not in helps[command]})
    }
    assert unknown == {}


def test_the_page_of_operations_lists_each_command() -> None:
    listed = set(re.findall(r"^\| `(scripts/[a-z-]+)", (ROOT / "docs/operations.md").read_text(), re.MULTILINE))
    assert listed == {f"scripts/{file.name}" for file in scripts()}


def scripts() -> Iterator[os.DirEntry[str]]:
    """Yield the commands of the project. `python` and `stoker` run the others."""
    for file in os.scandir(ROOT / "scripts"):
        if file.name not in ("python", "stoker") and file.is_file():
            yield file
