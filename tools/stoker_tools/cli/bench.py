"""Runs a benchmark."""

import argparse
import ast
import os
import sys
from pathlib import Path

from stoker_tools.cli.process import run_command
from stoker_tools.setup import environment

BENCHMARKS = environment.ROOT / "benchmarks"
HELPERS = {"__init__", "pairs", "storage_stub"}


def main() -> None:
    """The command; it becomes the benchmark."""
    found = {path.stem: path for path in sorted(BENCHMARKS.glob("*.py")) if path.stem not in HELPERS}
    listed = "\n".join(f"  {name:14} {_summary(path)}" for name, path in found.items())
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Runs a benchmark; each takes --json, and ends with 1 where its limit is passed.",
        epilog=f"benchmarks:\n{listed}\n\nexample:\n  scripts/bench media_time --rounds 3",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", choices=found, metavar="NAME")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="...")
    options = parser.parse_args()
    environment.enter("stoker_tools.cli.bench")
    paths = [environment.ROOT, environment.ROOT / "functions", environment.ROOT / "tools"]
    os.environ["PYTHONPATH"] = os.pathsep.join(str(path) for path in paths)
    os.execv(sys.executable, [sys.executable, "-m", f"benchmarks.{options.name}", *options.arguments])


def _summary(path: Path) -> str:
    return (ast.get_docstring(ast.parse(path.read_text())) or "").splitlines()[0]


if __name__ == "__main__":
    run_command(main)
