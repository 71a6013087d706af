"""The command `scripts/lock`, which writes the lock files from pyproject.toml."""

import argparse
import sys

from stoker_tools.cli.process import run_command
from stoker_tools.setup import environment, locks
from stoker_tools.setup.place import SetupError

EXAMPLES = """\
examples:
  scripts/lock                           after a change of the dependency groups in pyproject.toml
  scripts/lock --upgrade-package flask   the newest version of a package
  scripts/lock --upgrade                 the newest versions of all packages
  scripts/lock --check                   exit code 1 if a lock file is stale; changes nothing, and needs no network
"""


def main() -> int:
    """Run the command line; the return value is the exit code."""
    options = _parser().parse_args()
    if options.check:
        return _check()
    environment.prepare_or_exit([".uv"])
    upgrades = [f"--upgrade-package={package}" for package in options.upgrade_package]
    upgrades += ["--upgrade"] if options.upgrade else []
    for lock in locks.LOCKS:
        file = environment.ROOT / lock.file
        before = file.read_text() if file.exists() else ""
        try:
            locks.write(lock, environment.ROOT, upgrades)
        except SetupError as error:
            print(error, file=sys.stderr)
            return 1
        print(f"{'unchanged' if file.read_text() == before else 'wrote'} {lock.file}")
    return 0


def _check() -> int:
    stale = [lock.file for lock in locks.LOCKS if locks.is_stale(lock, environment.ROOT)]
    for file in stale:
        print(f"{file} is stale: it was edited, or pyproject.toml has changed. Run scripts/lock.", file=sys.stderr)
    if stale:
        return 1
    print(f"{len(locks.LOCKS)} lock files are up to date.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/lock",
        description="Writes the lock files of all environments from the dependency groups in pyproject.toml.\n"
        "Packages keep their versions, unless pyproject.toml or an option says otherwise.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--check", action="store_true", help="write nothing, and fail if a lock file is stale")
    parser.add_argument("--upgrade", action="store_true", help="move all packages to their newest versions")
    parser.add_argument(
        "--upgrade-package", action="append", default=[], metavar="NAME", help="move this package to its newest version"
    )
    return parser


if __name__ == "__main__":
    run_command(main)
