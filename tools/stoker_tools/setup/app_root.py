"""The folders outside of this package: the checkout, the app, and the place of what the tools install.

The tools run from a checkout of Stoker, or from the wheel `stoker_tools` in any Python environment. In a checkout, the
checkout itself is the app.

This module needs the standard library only.
"""

import functools
import hashlib
import os
import re
import tomllib
from importlib import metadata
from pathlib import Path

from stoker_tools.errors import ToolError
from stoker_tools.exit_codes import ExitCode

PACKAGED = Path(__file__).resolve().parents[1] / "packaged"
"""The files that the wheel carries, with their paths in the checkout. A checkout does not have this folder."""

NODE_FILES = ("package.json", "package-lock.json", ".npmrc")
"""The files from which npm installs the Firebase CLI."""


@functools.cache
def checkout() -> Path | None:
    """Return the checkout that the tools run from; None if they run from the wheel."""
    return None if PACKAGED.is_dir() else PACKAGED.parents[2]


def version() -> str:
    """Return the version of Stoker, such as 0.1.0."""
    found = checkout()
    if found is None:
        return metadata.version("stoker-tools")
    return str(tomllib.loads((found / "pyproject.toml").read_text())["project"]["version"])


def app() -> Path:
    """Return the checkout, or the nearest folder at or above the current one that has a `firebase.json`.

    Raises:
        ToolError: No folder has one.
    """
    if found := checkout():
        return found
    current = Path.cwd()
    for folder in (current, *current.parents):
        if (folder / "firebase.json").is_file():
            return folder
    raise ToolError(
        f"There is no firebase.json in {current} or above. Go to the folder of your app, or make it one: "
        "`stoker install .`",
        ExitCode.NOTHING_THERE,
    )


def home() -> Path:
    """Return the folder for what the tools install, if they run from the wheel.

    It is `$STOKER_HOME`, else `$XDG_CACHE_HOME/stoker`, else `~/.cache/stoker`. To delete it is safe: the next command
    makes it again.
    """
    if named := os.environ.get("STOKER_HOME"):
        return Path(named).absolute()
    caches = os.environ.get("XDG_CACHE_HOME")
    return (Path(caches).absolute() if caches else Path.home() / ".cache") / "stoker"


def shipped(name: str) -> Path:
    """Return a file or folder of Stoker itself: that of the checkout, or else that of the wheel.

    Args:
        name: Its path in the checkout, such as `rules/firestore.rules`.
    """
    return (checkout() or PACKAGED) / name


def node_folder() -> Path:
    """Return the folder whose `node_modules` holds the Firebase CLI. Without a checkout, each lock has its own."""
    if found := checkout():
        return found
    digest = hashlib.sha256(b"\0".join(shipped(name).read_bytes() for name in NODE_FILES))
    return home() / f"node-{digest.hexdigest()[:12]}"


def built_parts() -> Path:
    """Return the folder of what is built for the emulators once, such as archives of Java classes."""
    found = checkout()
    return found / "node_modules" / ".cache" / "stoker" if found else home() / "emulators"


def place(name: str) -> Path:
    """Return a place that the tools install into.

    Args:
        name: Its name in the checkout: `.uv` or `.java`.
    """
    found = checkout()
    return found / name if found else home() / name.removeprefix(".")


def as_typed(text: str) -> str:
    """Return a text for people, whose commands can be typed here.

    Args:
        text: It names commands as in a checkout, such as `scripts/jobs list`, and the checkout as "this checkout".
            Without a checkout, they become `stoker jobs list` and "this app".
    """
    if checkout():
        return text
    return re.sub("scripts/(stoker )?", "stoker ", text).replace("this checkout", "this app")


def command(line: str) -> str:
    """Return a command line of `stoker` as a person types it here.

    Args:
        line: The command and its arguments, such as `jobs list`.

    Example:
        >>> command("jobs list")
        'scripts/jobs list'
    """
    return f"scripts/{line}" if checkout() else f"stoker {line}"
