"""Reading the manifest: the list of functions that `main.py` declares.

If there is a file `functions.yaml`, the Firebase CLI reads the manifest from it, and does not load `main.py` itself.
Loading `main.py` here shows why a function can't be loaded, names the schedules, and saves the CLI a second load. It
also avoids a port for which two suites would compete.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from stoker_tools.deploy import env_file
from stoker_tools.emulators.errors import LoadError

LOAD_SECONDS = 30
"""The longest load. Production allows 10 s: https://firebase.google.com/docs/functions/tips"""

DISCOVER = """
import json, os, sys, yaml
from firebase_functions.private import serving
manifest = yaml.safe_load(serving.functions_as_yaml(serving.get_functions()))
files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
imported = sorted({os.path.relpath(file) for file in files if file and os.path.exists(file)} | {"main.py"})
registry = sys.modules.get("stoker.registry")
types = registry.job_types().values() if registry else ()
queues = [queue.name for one in types for queue in one.queues]
with open(sys.argv[1], "w") as file:
    json.dump([manifest, [file for file in imported if not file.startswith("..")], queues], file)
"""


@dataclass(frozen=True)
class Manifest:
    """The functions that `main.py` declares.

    Attributes:
        specification: Firebase's own form of the manifest, as JSON, which is also YAML.
        imported: The files that `main.py` imported from its folder, with itself, by their paths in that folder.
        queues: The queues of all types of jobs that are registered.
    """

    specification: Mapping[str, Any]
    imported: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()

    @property
    def names(self) -> set[str]:
        """The names of the functions."""
        return set(self.specification.get("endpoints") or {})

    @property
    def schedules(self) -> "list[Declared]":
        """The scheduled functions."""
        return [
            Declared(name, trigger["schedule"], trigger.get("timeZone") or "UTC")
            for name, endpoint in (self.specification.get("endpoints") or {}).items()
            if (trigger := endpoint.get("scheduleTrigger"))
        ]

    @property
    def listens_to_topics(self) -> bool:
        """True if a message of Pub/Sub calls a function."""
        endpoints = (self.specification.get("endpoints") or {}).values()
        return any("pubsub" in (endpoint.get("eventTrigger") or {}).get("eventType", "") for endpoint in endpoints)

    @cached_property
    def text(self) -> str:
        """The content of `functions.yaml`."""
        return json.dumps(self.specification, indent=1)


@dataclass(frozen=True)
class Declared:
    """A scheduled function: its name, its schedule, and the time zone of the schedule."""

    name: str
    schedule: str
    time_zone: str


def discover(functions: Path, python: Path, environment: Mapping[str, str]) -> Manifest:
    """Load `main.py` as the emulator does, with the parameters of the `.env` files; return its manifest.

    Args:
        functions: The directory that holds `main.py`.
        python: The interpreter of the functions' virtual environment.
        environment: The variables of the process.

    Raises:
        LoadError: `main.py` can't be loaded, or not within `LOAD_SECONDS`.
    """
    return loaded(functions, python, {**environment, **_settings(functions, environment["GCLOUD_PROJECT"])})


def loaded(functions: Path, python: Path, environment: Mapping[str, str]) -> Manifest:
    """Load `main.py` in a process of its own; return its manifest.

    Args:
        functions: The directory that holds `main.py`.
        python: An interpreter that has the functions' packages.
        environment: All variables of the process.

    Raises:
        LoadError: `main.py` can't be loaded, or not within `LOAD_SECONDS`.
    """
    with tempfile.TemporaryDirectory(dir=environment.get("TMPDIR")) as directory:
        manifest = Path(directory) / "manifest.json"
        try:
            done = subprocess.run(
                [str(python), "-c", DISCOVER, str(manifest)],
                cwd=functions,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=LOAD_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise LoadError(
                f"{_shown(functions)} took more than {LOAD_SECONDS} s to load: "
                "create clients, and load files and models, inside the functions that need them."
            ) from None
        if done.returncode != 0:
            lines = done.stdout.strip().splitlines() or [f"Python ended with exit code {done.returncode}"]
            raise LoadError(f"{_shown(functions)} could not be loaded: {lines[-1]}\n" + "\n".join(lines[-20:]))
        specification, imported, queues = json.loads(manifest.read_text())
        return Manifest(specification, tuple(imported), tuple(queues))


def _settings(functions: Path, project: str) -> dict[str, str]:
    """Return the variables that the emulator would set: those of the functions' `.env` files. Later files win."""
    settings = {"FUNCTIONS_EMULATOR": "true", "FIREBASE_CONFIG": json.dumps({"projectId": project})}
    for name in (".env", f".env.{project}", ".env.local"):
        settings |= env_file.values(functions / name)
    return settings


def _shown(functions: Path) -> str:
    return os.path.relpath(functions / "main.py")
