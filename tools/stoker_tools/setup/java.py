"""The version of a Java command."""

import contextlib
import shutil
import subprocess
from pathlib import Path

from stoker_tools.setup.version import major

MINIMUM_JAVA = 21  # firebase-tools, lib/emulator/commandUtils.js: MIN_SUPPORTED_JAVA_MAJOR_VERSION


def java_is_wanted() -> bool:
    """Return whether PATH has no Java that is new enough for the emulators."""
    return java_version(shutil.which("java")) < MINIMUM_JAVA


def java_version(java: str | None) -> int:
    """Return the major version of a Java command.

    Args:
        java: The path of the command, or None.

    Returns:
        The version, such as 21. It is 0 if there is no command, or if it does not run.
    """
    if java is None:
        return 0
    # Every JDK since 1.7 has this text file, with a line such as JAVA_VERSION="21.0.8". To read it takes no time.
    release = Path(java).resolve().parents[1] / "release"
    with contextlib.suppress(OSError):
        versions = [line for line in release.read_text().splitlines() if line.startswith("JAVA_VERSION=")]
        if versions:
            return major(versions[0].partition("=")[2])
    # A launcher, such as /usr/bin/java on macOS or a version manager's shim, has no such file beside it.
    done = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    return major(done.stderr.partition("version ")[2]) if done.returncode == 0 else 0
