"""The command `scripts/check`: lint, format, types, and whether what is made from the models is current."""

import argparse
import subprocess
import sys

from stoker_tools.cli.process import run_command
from stoker_tools.setup import environment

TOOLS = (
    ["ruff", "check", "."],
    ["ruff", "format", "--check", "."],
    ["mypy"],
    ["stoker_tools.cli.generate", "--check"],
    ["stoker_tools.cli.lock", "--check"],
)


def main() -> int:
    """Runs every tool, whatever the ones before it said; the exit code is 1 where one of them complained."""
    argparse.ArgumentParser(
        prog="scripts/check", description="Runs ruff, mypy and scripts/generate --check; changes nothing."
    ).parse_args()
    environment.enter("stoker_tools.cli.check")
    codes = [
        subprocess.run([sys.executable, "-m", *tool], cwd=environment.ROOT, check=False).returncode for tool in TOOLS
    ]
    return int(any(codes))


if __name__ == "__main__":
    run_command(main)
