"""What the functions declare: the manifest that the Firebase CLI asks of `main.py`, read here first.

The CLI takes the manifest from a file, `functions.yaml`, where there is one. Reading it here tells why a function
could not be loaded, names the schedules, and spares the CLI a second load (and a port that two suites would fight for).
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

from dotenv import dotenv_values

from stoker_tools.emulators.errors import LoadError

SECONDS = 30  # production allows 10: https://firebase.google.com/docs/functions/tips
DISCOVER = """
import json, sys, yaml
from firebase_functions.private import serving
manifest = yaml.safe_load(serving.functions_as_yaml(serving.get_functions()))
with open(sys.argv[1], "w") as file:
    json.dump(manifest, file)
"""


@dataclass(frozen=True)
class Manifest:
    """What `main.py` declares.

    Attributes:
        specification: Firebase's own form of it, as JSON (which is also YAML).
    """

    specification: Mapping[str, Any]

    @property
    def names(self) -> set[str]:
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
        endpoints = (self.specification.get("endpoints") or {}).values()
        return any("pubsub" in (endpoint.get("eventTrigger") or {}).get("eventType", "") for endpoint in endpoints)

    @cached_property
    def text(self) -> str:
        return json.dumps(self.specification, indent=1)


@dataclass(frozen=True)
class Declared:
    """A scheduled function as declared: its name, when it runs, and in which time zone that is meant."""

    name: str
    schedule: str
    time_zone: str


def discover(functions: Path, python: Path, environment: Mapping[str, str]) -> Manifest:
    """Loads `main.py` in a process of its own and returns what it declares.

    Args:
        functions: the directory that holds `main.py`.
        python: the interpreter of the functions' virtual environment.
        environment: the variables to load it with.

    Raises:
        LoadError: it can't be loaded, or not in `SECONDS`.
    """
    with tempfile.TemporaryDirectory(dir=environment["TMPDIR"]) as directory:
        manifest = Path(directory) / "manifest.json"
        try:
            done = subprocess.run(
                [str(python), "-c", DISCOVER, str(manifest)],
                cwd=functions,
                env={**environment, **_settings(functions, environment["GCLOUD_PROJECT"])},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise LoadError(
                f"{_shown(functions)} took more than {SECONDS} s to load: "
                "leave clients, downloads and models to the functions that need them."
            ) from None
        if done.returncode != 0:
            lines = done.stdout.strip().splitlines() or [f"Python ended with exit code {done.returncode}"]
            raise LoadError(f"{_shown(functions)} could not be loaded: {lines[-1]}\n" + "\n".join(lines[-20:]))
        return Manifest(json.loads(manifest.read_text()))


def _settings(functions: Path, project: str) -> dict[str, str]:
    """The variables that the emulator would set: those of the functions' `.env` files, of which the later win."""
    settings = {"FUNCTIONS_EMULATOR": "true", "FIREBASE_CONFIG": json.dumps({"projectId": project})}
    for name in (".env", f".env.{project}", ".env.local"):
        found = dotenv_values(functions / name, interpolate=False)
        settings |= {key: value or "" for key, value in found.items()}
    return settings


def _shown(functions: Path) -> str:
    return os.path.relpath(functions / "main.py")
