"""The command `scripts/check`: lint, format, types, conventions, and the generated files."""

import argparse
import subprocess
import sys

from stoker_tools.cli.process import run_command
from stoker_tools.setup import environment

TOOLS = (
    ["ruff", "check", "."],
    ["ruff", "format", "--check", "."],
    ["mypy"],
    ["stoker_tools.conventions"],
    ["stoker_tools.cli.generate", "--check"],
)


def main() -> int:
    """Run every tool, also after one of them has found a problem. The exit code is 1 if any tool found a problem."""
    argparse.ArgumentParser(
        prog="scripts/check",
        description="Runs ruff, mypy, the repository's own conventions and scripts/generate --check; changes nothing.",
    ).parse_args()
    environment.enter("stoker_tools.cli.check")
    codes = [
        subprocess.run([sys.executable, "-m", *tool], cwd=environment.ROOT, check=False).returncode for tool in TOOLS
    ]
    return int(any(codes))


if __name__ == "__main__":
    run_command(main)
