"""The project directory of a suite. It is made for the suite, and removed after it.

The CLI writes its logs into its directory, and keeps the files there open. A directory of its own keeps the logs out of
the checkout, and lets several suites run from one checkout at the same time. The files that the CLI reads are links to
the real ones.
"""

import json
import shlex
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from stoker_tools.install.json_text import load
from stoker_tools.setup.functions_folder import functions_entry, functions_folder, other_entries

DEFAULT_PORTS = {
    "hub": 4400,
    "ui": 4000,
    "logging": 4500,
    "auth": 9099,
    "functions": 5001,
    "firestore": 8080,
    "websocket": 9150,
    "storage": 9199,
    "tasks": 9499,
    "eventarc": 9299,
    "pubsub": 8085,
}
"""The CLI's own defaults. Source: firebase-tools, lib/emulator/constants.js."""

WORKER = Path(__file__).with_name("worker.py")
ACTIVATE = """\
# The Functions emulator runs `. venv/bin/activate && functions-framework` in a shell. At a reload, it ends only the
# shell, and the worker would stay. So the worker replaces the shell here.
. {activate}
[ -z "$FUNCTION_TARGET" ] || exec python -P {worker}
"""


def configured(root: Path) -> dict[str, Any]:
    """Read the `firebase.json` of an app."""
    configuration: dict[str, Any] = load(root / "firebase.json")
    return configuration


def usual_ports(configuration: Mapping[str, Any]) -> dict[str, int]:
    """Return the ports that `firebase.json` names, or else the CLI's own defaults."""
    emulators = configuration.get("emulators", {})
    ports = {name: emulators.get(name, {}).get("port", port) for name, port in DEFAULT_PORTS.items()}
    return ports | {"websocket": emulators.get("firestore", {}).get("websocketPort", ports["websocket"])}


def used_ports(emulators: Collection[str], user_interface: bool) -> list[str]:
    """Return the names of the ports that a suite listens on.

    Args:
        emulators: The names of its emulators.
        user_interface: Whether the Emulator UI runs.

    Example:
        >>> used_ports(["firestore"], user_interface=False)
        ['hub', 'logging', 'firestore', 'websocket']
    """
    used = {"hub", "logging", *emulators}
    if "firestore" in emulators:
        used.add("websocket")
    if user_interface:
        used.add("ui")
    return [name for name in DEFAULT_PORTS if name in used]


def wants_user_interface(configuration: Mapping[str, Any]) -> bool:
    """Return whether `firebase.json` leaves the Emulator UI on."""
    return bool(configuration.get("emulators", {}).get("ui", {}).get("enabled", True))


def lay_out(
    directory: Path, root: Path, functions: Path, ports: Mapping[str, int], runtime: str, user_interface: bool
) -> None:
    """Fill a suite's directory.

    Args:
        directory: The suite's own directory, empty.
        root: The app.
        functions: The directory that holds `main.py`, in the app or elsewhere.
        ports: The port of each emulator, by the names of `DEFAULT_PORTS`.
        runtime: Firebase's name for the Python of the app's functions/venv, such as python313.
        user_interface: Whether the Emulator UI runs.
    """
    configuration = configured(root)
    emulators = configuration.setdefault("emulators", {})
    for name, port in ports.items():
        if name == "websocket":
            emulators.setdefault("firestore", {})["websocketPort"] = port
        else:
            emulators[name] = {"host": "127.0.0.1"} | emulators.get(name, {}) | {"port": port}
    emulators["ui"]["enabled"] = user_interface
    declared: dict[str, Any] = dict(functions_entry(configuration, root) or {})
    ignored = {"venv", "**/__pycache__", *declared.get("ignore", [])}
    configuration["functions"] = [
        declared | {"source": "functions", "runtime": runtime, "ignore": sorted(ignored)},
        *_link_others(directory, root, configuration),
    ]
    (directory / "firebase.json").write_text(json.dumps(configuration, indent=1))
    for name in {Path(file).parts[0] for file in _named_files(configuration)}:
        if (root / name).exists():
            (directory / name).symlink_to(root / name)
    (directory / "functions").mkdir()
    link_functions(directory, functions)
    activate = directory / "functions" / "venv" / "bin" / "activate"
    activate.parent.mkdir(parents=True)
    real = functions_folder(root) / "venv" / "bin" / "activate"
    activate.write_text(ACTIVATE.format(activate=shlex.quote(str(real)), worker=shlex.quote(str(WORKER))))


def _link_others(directory: Path, root: Path, configuration: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Link the other functions of the app into a suite's directory; return their entries for `firebase.json`."""
    entries = []
    for entry in other_entries(configuration, root):
        source = f"other-{entry.get('codebase', 'default')}"
        (directory / source).symlink_to(root / entry["source"])
        entries.append({**entry, "source": source})
    return entries


def link_functions(directory: Path, functions: Path) -> None:
    """Link each entry of `functions`, also new ones, into the suite's own directory of functions."""
    for entry in functions.iterdir():
        link = directory / "functions" / entry.name
        if entry.name not in {"venv", "__pycache__", "functions.yaml"} and not link.is_symlink():
            link.symlink_to(entry)
    requirements = directory / "functions" / "requirements.txt"
    if not requirements.exists():
        requirements.touch()  # By this file, the CLI knows that these are Python functions.


def _named_files(configuration: Mapping[str, Any]) -> Iterator[str]:
    """Yield the files that `firebase.json` names: rules and indexes."""
    for service in ("firestore", "storage"):
        named = configuration.get(service) or {}
        for entry in named if isinstance(named, list) else [named]:
            yield from (entry[key] for key in ("rules", "indexes") if key in entry)
