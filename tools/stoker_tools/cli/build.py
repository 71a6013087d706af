"""The command `stoker build`: make the wheels `stoker` and `stoker_tools`."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from stoker_tools.cli.command_line import CommandLine
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.setup import environment

DESCRIPTION = """\
Makes two wheels. `stoker` is what an app deploys. `stoker_tools` is the command `stoker`, for the developer's machine;
it carries the other wheel. The same source makes the same bytes.
"""

EXAMPLES = {
    "": "into dist/",
    "--out /tmp/wheels": "into another folder",
}

PACKAGES = ("stoker", "stoker-tools")

EPOCH = "1580601600"
"""The time of all files in a wheel, in seconds since 1970: hatchling's own default, 2020-02-02. A variable
SOURCE_DATE_EPOCH of the caller would change the bytes."""


def main(arguments: Sequence[str]) -> int:
    """Run a command line; return the exit code."""
    parser = CommandLine("build", DESCRIPTION, EXAMPLES).parser
    parser.add_argument("--out", metavar="FOLDER", type=Path, help="the folder of the wheels; by default, dist/")
    parser.add_argument("--json", action="store_true", help="print paths and SHA-256 hashes as JSON")
    options = parser.parse_args(arguments)
    environment.enter([".venv"])
    wheels = build(environment.ROOT, (options.out or environment.ROOT / "dist").resolve())
    hashes = {str(wheel): hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in wheels}
    if options.json:
        print(json.dumps([{"path": path, "sha256": digest} for path, digest in hashes.items()], indent=2))
    else:
        for path, digest in hashes.items():
            print(f"{os.path.relpath(path)}  {Path(path).stat().st_size:,} bytes\n  sha256:{digest}")
    return ExitCode.DONE


def build(root: Path, folder: Path) -> list[Path]:
    """Make both wheels; return their paths.

    Args:
        root: The checkout.
        folder: The folder of the wheels. It is made if it is missing. Wheels of the same names are replaced.

    Raises:
        CommandError: A wheel can't be built. The message holds the last lines of hatchling.
    """
    return [built(root / "packages" / package, folder) for package in PACKAGES]


def built(package: Path, folder: Path) -> Path:
    """Make a wheel; return its path.

    Args:
        package: The folder of its `pyproject.toml`.
        folder: The folder of the wheel, as in `build`.

    Raises:
        CommandError: The wheel can't be built.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as directory:
        done = subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", directory],
            cwd=package,
            env=os.environ | {"SOURCE_DATE_EPOCH": EPOCH},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
            raise CommandError(f"The wheel of {package.name} could not be built. The output of hatchling:\n{tail}")
        [wheel] = Path(directory).glob("*.whl")
        return wheel.replace(folder / wheel.name)
