"""The project directory that a suite runs in: made for it, and removed after it.

The CLI writes its logs where it runs and keeps what it is given open; a directory of its own keeps them out of the
checkout, and lets several suites run from one checkout at the same time. What it reads are links to the real files.
"""

import json
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

# The CLI's own defaults: firebase-tools, lib/emulator/constants.js.
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

WORKER = Path(__file__).with_name("worker.py")
ACTIVATE = """\
# The Functions emulator runs `. venv/bin/activate && functions-framework` in a shell, and ends that shell alone, so
# that the worker would stay behind at every reload. Here, the worker takes the shell's place.
. {activate}
[ -z "$FUNCTION_TARGET" ] || exec python -P {worker}
"""


def configured(root: Path) -> dict[str, Any]:
    """What the checkout's `firebase.json` says."""
    configuration: dict[str, Any] = json.loads((root / "firebase.json").read_text())
    return configuration


def preferred_ports(configuration: Mapping[str, Any]) -> dict[str, int]:
    """The ports that `firebase.json` names, or else the CLI's own defaults."""
    emulators = configuration.get("emulators", {})
    ports = {name: emulators.get(name, {}).get("port", port) for name, port in DEFAULT_PORTS.items()}
    return ports | {"websocket": emulators.get("firestore", {}).get("websocketPort", ports["websocket"])}


def wants_user_interface(configuration: Mapping[str, Any]) -> bool:
    """Whether `firebase.json` leaves the Emulator UI on."""
    return bool(configuration.get("emulators", {}).get("ui", {}).get("enabled", True))


def lay_out(
    directory: Path, root: Path, functions: Path, ports: Mapping[str, int], runtime: str, user_interface: bool
) -> None:
    """Fills a suite's directory.

    Args:
        directory: an empty one, the suite's own.
        root: the checkout.
        functions: the directory that holds `main.py`, in the checkout or elsewhere.
        ports: the port of each emulator, by the names of `DEFAULT_PORTS`.
        runtime: what the functions run on, such as python313: that of the checkout's functions/venv.
        user_interface: whether the Emulator UI runs.
    """
    configuration = configured(root)
    emulators = configuration.setdefault("emulators", {})
    for name, port in ports.items():
        if name == "websocket":
            emulators.setdefault("firestore", {})["websocketPort"] = port
        else:
            emulators[name] = {"host": "127.0.0.1"} | emulators.get(name, {}) | {"port": port}
    emulators["ui"]["enabled"] = user_interface
    declared = configuration.get("functions") or {}
    declared = declared[0] if isinstance(declared, list) else declared
    ignored = {"venv", "**/__pycache__", *declared.get("ignore", [])}
    configuration["functions"] = [
        declared | {"source": "functions", "runtime": runtime, "ignore": sorted(ignored)},
    ]
    (directory / "firebase.json").write_text(json.dumps(configuration, indent=1))
    for name in {Path(file).parts[0] for file in _named_files(configuration)}:
        if (root / name).exists():
            (directory / name).symlink_to(root / name)
    (directory / "functions").mkdir()
    link_functions(directory, functions)
    activate = directory / "functions" / "venv" / "bin" / "activate"
    activate.parent.mkdir(parents=True)
    real = root / "functions" / "venv" / "bin" / "activate"
    activate.write_text(ACTIVATE.format(activate=shlex.quote(str(real)), worker=shlex.quote(str(WORKER))))


def link_functions(directory: Path, functions: Path) -> None:
    """Links what `functions` holds into the suite's own directory of functions, new files included."""
    for entry in functions.iterdir():
        link = directory / "functions" / entry.name
        if entry.name not in {"venv", "__pycache__", "functions.yaml"} and not link.is_symlink():
            link.symlink_to(entry)
    requirements = directory / "functions" / "requirements.txt"
    if not requirements.exists():
        requirements.touch()  # by its name, the CLI knows that these are Python functions


def _named_files(configuration: Mapping[str, Any]) -> Iterator[str]:
    """The files that `firebase.json` names: rules and indexes."""
    for service in ("firestore", "storage"):
        named = configuration.get(service) or {}
        for entry in named if isinstance(named, list) else [named]:
            yield from (entry[key] for key in ("rules", "indexes") if key in entry)
