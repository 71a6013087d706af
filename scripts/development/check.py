"""The command `scripts/check`: lint, format, types, and whether what is made from the models is current."""

import argparse
import subprocess
import sys

from development import environment
from development.process import run_command

TOOLS = (
    ["ruff", "check", "."],
    ["ruff", "format", "--check", "."],
    ["mypy"],
    ["development.generate.command", "--check"],
)


def main() -> int:
    """Runs every tool, whatever the ones before it said; the exit code is 1 where one of them complained."""
    argparse.ArgumentParser(
        prog="scripts/check", description="Runs ruff, mypy and scripts/generate --check; changes nothing."
    ).parse_args()
    environment.enter("development.check")
    codes = [
        subprocess.run([sys.executable, "-m", *tool], cwd=environment.ROOT, check=False).returncode for tool in TOOLS
    ]
    return int(any(codes))


if __name__ == "__main__":
    run_command(main)
