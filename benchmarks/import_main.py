"""`import main` against importing the firebase_functions modules that it uses. At most 1.25.

It is what every cold start pays before its function runs, and what the Firebase CLI waits for when it deploys.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.pairs import children_cpu, compare

FUNCTIONS = Path(__file__).parents[1] / "functions"
LIMIT = 1.25
MODULES = "firebase_functions.firestore_fn, firebase_functions.scheduler_fn, firebase_functions.tasks_fn"


def main() -> int:
    """Runs the comparison."""
    parser = argparse.ArgumentParser(prog="scripts/bench import_main", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="pairs that count")
    parser.add_argument("--json", action="store_true", help="for machines")
    options = parser.parse_args()
    ours, peer = _imports("main"), _imports(MODULES)
    names = "import main", "import firebase_functions"
    return compare(names[0], ours, names[1], peer, options.rounds, LIMIT, children_cpu).show(options.json)


def _imports(modules: str) -> Callable[[], object]:
    python = FUNCTIONS / "venv" / "bin" / "python"
    return lambda: subprocess.run([python, "-c", f"import {modules}"], cwd=FUNCTIONS, check=True)


if __name__ == "__main__":
    sys.exit(main())
