"""The command `stoker bench`: run a benchmark."""

import argparse
import ast
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from stoker_tools.cli.command_line import CommandLine
from stoker_tools.setup import environment

BENCHMARKS = environment.ROOT / "benchmarks"
HELPERS = {"__init__", "pairs", "storage_stub"}


def main(arguments: Sequence[str]) -> int:
    """Run a command line. This process becomes the benchmark."""
    found = {path.stem: path for path in sorted(BENCHMARKS.glob("*.py")) if path.stem not in HELPERS}
    listed = "\n".join(["benchmarks:", *(f"  {name:16}  {_summary(path)}" for name, path in found.items())])
    parser = CommandLine(
        "bench",
        "Runs a benchmark. Each benchmark takes --json, and ends with exit code 1 if its limit is exceeded.",
        {"media_time --rounds 3": ""},
        notes=listed,
    ).parser
    parser.names = tuple(found)
    parser.add_argument("name", choices=found, metavar="NAME")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="...", help="the arguments of the benchmark")
    options = parser.parse_args(arguments)
    environment.enter()
    paths = [environment.ROOT, environment.ROOT / "functions", environment.ROOT / "tools"]
    os.environ["PYTHONPATH"] = os.pathsep.join(str(path) for path in paths)
    os.execv(sys.executable, [sys.executable, "-m", f"benchmarks.{options.name}", *options.arguments])


def _summary(path: Path) -> str:
    return (ast.get_docstring(ast.parse(path.read_text())) or "").splitlines()[0]
