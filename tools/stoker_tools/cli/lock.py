"""The command `stoker lock`: write the lock files of the environments, or list the stale lock files."""

from collections.abc import Sequence

from stoker_tools.cli.command_line import CommandLine
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.setup import environment, locks

DESCRIPTION = """\
Writes the lock files of all environments from the dependency groups in pyproject.toml. A package keeps its version,
unless pyproject.toml or an option requires another version.
"""

EXAMPLES = {
    "": "after a change of the dependency groups",
    "--upgrade-package flask": "move a package to its newest version",
    "--upgrade": "move all packages to their newest versions",
    "--check": "write nothing; fail if a lock file is stale",
}


def main(arguments: Sequence[str]) -> int:
    """Run a command line; return the exit code."""
    parser = CommandLine("lock", DESCRIPTION, EXAMPLES).parser
    parser.add_argument("--check", action="store_true", help="write nothing, and fail if a lock file is stale")
    parser.add_argument("--upgrade", action="store_true", help="move all packages to their newest versions")
    parser.add_argument(
        "--upgrade-package", action="append", default=[], metavar="NAME", help="move this package to its newest version"
    )
    options = parser.parse_args(arguments)
    if options.check:
        return _check()
    environment.prepare([".uv"])
    upgrades = [f"--upgrade-package={package}" for package in options.upgrade_package]
    upgrades += ["--upgrade"] if options.upgrade else []
    for lock in locks.LOCKS:
        file = environment.ROOT / lock.file
        before = file.read_text() if file.exists() else ""
        locks.write(lock, environment.ROOT, upgrades)
        print(f"{'unchanged:' if file.read_text() == before else 'wrote'} {lock.file}")
    return ExitCode.DONE


def _check() -> int:
    """Compare digests. This needs neither uv nor a network."""
    if stale := [lock.file for lock in locks.LOCKS if locks.is_stale(lock, environment.ROOT)]:
        raise CommandError(
            f"stale: {', '.join(stale)}. pyproject.toml has changed, or the file was edited by hand. Run scripts/lock."
        )
    print(f"{len(locks.LOCKS)} lock files are up to date.")
    return ExitCode.DONE
