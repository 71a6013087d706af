"""uv (https://docs.astral.sh/uv/), run with the settings that this machine has for pip.

uv reads neither pip's configuration files nor its variables. A machine behind a mirror, a proxy or a private
certificate authority is usually set up for pip only. So uv gets the same settings as environment variables.
A variable that is already set for uv is left alone.

Run this file as a script with the virtual environment that holds uv, and then uv's arguments. It needs the standard
library only.
"""

import ast
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

SETTINGS = {
    "index-url": "UV_DEFAULT_INDEX",
    "no-cache-dir": "UV_NO_CACHE",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "ALL_PROXY",
    "trusted-host": "UV_INSECURE_HOST",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "timeout": "UV_HTTP_TIMEOUT",
}
"""pip's settings (https://pip.pypa.io/en/stable/topics/configuration/), and uv's variables of the same meaning
(https://docs.astral.sh/uv/reference/environment/)."""

SOURCES = {"extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS", "no-index": "UV_NO_INDEX"}
"""The settings that add or remove sources of packages."""

SWITCHES = ("no-cache-dir", "no-index")
ORDER = ("global", "install", ":env:")
"""pip's sections. A later one wins."""


def variables(listed: str, given: Mapping[str, str], *, sources: bool = True) -> dict[str, str]:
    """Return the environment variables that give uv the settings of pip.

    Args:
        listed: The output of `pip config list`.
        given: The environment. What is set there for uv is not set again.
        sources: Whether extra indexes and folders are used too. Turn it off to write a lock file: it must hold the
            hashes of PyPI's files only.
    """
    names = SETTINGS | (SOURCES if sources else {})
    found: dict[str, tuple[int, str]] = {}
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        section, _, setting = key.rpartition(".")
        if section in ORDER and setting in names:
            rank = ORDER.index(section)
            if rank >= found.get(names[setting], (0, ""))[0]:
                found[names[setting]] = (rank, _converted(setting, ast.literal_eval(value)))
    if "UV_INDEX" in found:
        # As pip does it: the newest file of all indexes is used. The hashes in the lock file make this safe.
        found["UV_INDEX_STRATEGY"] = (0, "unsafe-best-match")
    return {name: value for name, (_, value) in found.items() if name not in given}


def _converted(setting: str, value: str) -> str:
    if setting in SWITCHES:
        return "false" if value.lower() in ("0", "false", "no", "off") else "true"
    return (",".join if setting == "find-links" else " ".join)(value.split())


def environment(home: Path, *, sources: bool = True) -> dict[str, str]:
    """Return the environment to run uv in.

    Args:
        home: The virtual environment that holds uv.
        sources: As in `variables`.
    """
    list_settings = [str(home / "bin" / "python"), "-m", "pip", "config", "list"]
    listed = subprocess.run(list_settings, capture_output=True, text=True, check=False).stdout
    return dict(os.environ) | variables(listed, os.environ, sources=sources) | {"UV_PYTHON_DOWNLOADS": "never"}


if __name__ == "__main__":
    place = Path(sys.argv[1])
    command = place / "bin" / "uv"
    if not command.exists():
        sys.exit("uv is not installed")
    os.execve(command, [str(command), *sys.argv[2:]], environment(place))
