"""The command `stoker check`: check style, types, conventions, and whether generated files are current."""

import subprocess
import sys
from collections.abc import Sequence

from stoker_tools.cli.command_line import CommandLine
from stoker_tools.exit_codes import ExitCode
from stoker_tools.setup import environment

TOOLS = (
    ["ruff", "check", "."],
    ["ruff", "format", "--check", "."],
    ["mypy"],
    ["stoker_tools.conventions"],
    ["stoker_tools", "generate", "--check"],
    ["stoker_tools", "lock", "--check"],
)


def main(arguments: Sequence[str]) -> int:
    """Run every tool, also after one of them has failed; return the exit code."""
    description = (
        "Runs ruff, mypy, the checks of the project's conventions, scripts/generate --check and scripts/lock --check. "
        "It changes no file."
    )
    CommandLine("check", description, {"": ""}).parser.parse_args(arguments)
    environment.enter()
    codes = [
        subprocess.run([sys.executable, "-m", *tool], cwd=environment.ROOT, check=False).returncode for tool in TOOLS
    ]
    return ExitCode.FAILED if any(codes) else ExitCode.DONE
