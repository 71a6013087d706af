"""`functions/functions.yaml`: the manifest of the functions, made from the functions that `main.py` declares.

If this file exists, the Firebase CLI reads it instead of running `main.py`. So a deployment needs no Python and no
virtual environment. The emulators of the CLI read it as well. They do not load a function that is missing in it.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from dotenv import dotenv_values

from stoker.app_settings import FILE, settings_in
from stoker.capacity import RESERVED
from stoker.config import RESERVED_VCPU
from stoker_tools.deploy.needs import APIS
from stoker_tools.emulators.discovery import loaded
from stoker_tools.emulators.errors import LoadError
from stoker_tools.generate.errors import GenerateError
from stoker_tools.setup import app_root
from stoker_tools.setup.app_root import as_typed
from stoker_tools.setup.functions_folder import functions_folder, functions_python

ALWAYS = ("requirements.txt", FILE)
"""The files that decide the manifest besides Python files, if they exist. If Stoker is installed from a wheel,
`requirements.txt` names the hash of the wheel."""

OF_THE_CHECKOUT = (
    *("stoker/functions.py", "stoker/task_functions.py", "stoker/capacity.py", "stoker/config.py"),
    *("stoker/identity.py", "stoker/registry.py", "stoker/access/auth_events.py", "stoker/extend/job_type.py"),
    *("stoker/app_settings.py", "stoker/features.py", "stoker/parameters.py"),
    "../tools/stoker_tools/deploy/needs.py",
)
"""The files of Stoker that decide the manifest. In an app, they are in the wheel."""

BUILT_IN = ("STOKER_VCPU", "STOKER_SERVICE_ACCOUNT")
"""The parameters whose values are built into the manifest, because the CLI's expressions can't compute, and can't say
that there is no account."""

REGION = "region-of-the-project"
"""A stand-in for the region while the decorators are read."""

DEFAULT_REGION = "us-central1"

PARAMETERS: tuple[Mapping[str, Any], ...] = (
    {
        "name": "STOKER_REGION",
        "type": "string",
        "default": DEFAULT_REGION,
        "label": "The region of all functions",
        "description": "Choose a region near your Firestore database.",
    },
    {
        "name": "STOKER_BLOCKING",
        "type": "boolean",
        "default": False,
        "label": "Deploy the blocking functions",
        "description": "Firebase Auth calls them before each sign-up and sign-in. The project needs Identity Platform.",
    },
)
"""The parameters that the CLI puts into the manifest. It reads their values from `functions/.env`."""

HEAD = """\
# Made by scripts/generate from the functions that main.py declares. Change them there, and run scripts/generate.
# The Firebase CLI reads this file instead of running main.py. Its emulators do not load a function that is not in here.
# sources: {sources}
# fingerprint: {fingerprint}
# least STOKER_VCPU: {least}
# body: {body}
"""


def manifest(functions: Path | None = None) -> str:
    """Return the text of `functions.yaml`.

    Args:
        functions: The directory that holds `main.py`; by default, that of the app.

    Raises:
        GenerateError: `main.py` can't be loaded.
    """
    functions = functions or functions_folder()
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "STOKER_REGION": REGION,
        "STOKER_BLOCKING": "true",
        "PYTHONDONTWRITEBYTECODE": "1",
        **_where_stoker_is(),
        **{name: value for name, value in built_in(functions).items() if value},
    }
    try:
        manifest = loaded(functions, functions_python(), environment)
    except LoadError as error:
        raise GenerateError(str(error)) from None
    found, sources = manifest.specification, sources_of(functions, manifest.imported)
    _check_reserved(found["endpoints"].values())
    if lacking := [name for name in manifest.queues if name not in found["endpoints"]]:
        raise GenerateError(
            f"main.py registers a job type, and does not have its function {lacking[0]}. Import the function by its "
            f"name, such as `from jobs import {lacking[0]}`: only what main.py itself has is deployed."
        )
    settings = settings_in(functions)
    body = {
        "specVersion": found["specVersion"],
        "requiredAPIs": [
            {"api": api.host, "reason": api.reason} for api in APIS if not api.feature or settings.has(api.feature)
        ],
        "params": _parameters(settings.region or DEFAULT_REGION),
        "endpoints": {name: _endpoint(one) for name, one in sorted(found["endpoints"].items())},
    }
    body = json.loads(json.dumps(body).replace(REGION, "{{ params.STOKER_REGION }}"))
    text = yaml.safe_dump(body, sort_keys=False, width=120)
    head = HEAD.format(
        sources=" ".join(sources),
        fingerprint=fingerprint(functions, sources),
        least=RESERVED + sum(one["cpu"] for one in body["endpoints"].values() if "taskQueueTrigger" in one),
        body=_hash(text.encode()),
    )
    return as_typed(head) + text


def _where_stoker_is() -> dict[str, str]:
    """Return the variable by which the other process finds what this process finds. An app's own Python needs none."""
    if app_root.checkout() is None:
        return {}
    return {"PYTHONPATH": os.pathsep.join(str(Path(path).resolve()) for path in sys.path if path)}


def _check_reserved(endpoints: Iterable[Mapping[str, Any]]) -> None:
    """Check the sum that `capacity` reserves for the functions that are no workers.

    Raises:
        GenerateError: The functions have more processors.
    """
    used = sum(one["cpu"] * one["maxInstances"] for one in endpoints if "taskQueueTrigger" not in one)
    if used > RESERVED:
        raise GenerateError(
            f"The functions that are no workers may use {used} vCPU (the sum of their cpu x max_instances), and "
            f"{RESERVED} are reserved for them: set reserved_vcpu in stoker.toml to {RESERVED_VCPU + used - RESERVED}."
        )


def _parameters(region: str) -> list[dict[str, Any]]:
    return [{**one, "default": region} if one["default"] == DEFAULT_REGION else dict(one) for one in PARAMETERS]


def _endpoint(declared: Mapping[str, Any]) -> dict[str, Any]:
    if "blockingTrigger" in declared:
        return {"omit": "{{ params.STOKER_BLOCKING == false }}", **declared}
    return dict(declared)


def built_in(functions: Path) -> dict[str, str]:
    """Return the values of `BUILT_IN` in `functions/.env`; an empty string for a parameter that has none."""
    values = dotenv_values(functions / ".env", interpolate=False)
    return {name: values.get(name) or "" for name in BUILT_IN}


def sources_of(functions: Path, imported: Iterable[str]) -> tuple[str, ...]:
    """Return the files that decide the manifest. Their fingerprint is in the manifest.

    By the fingerprint, `predeploy.cjs` finds a stale manifest without Python.

    Args:
        functions: The directory that holds `main.py`.
        imported: The files that `main.py` imported from there, by their paths in the directory.

    Returns:
        The paths of the files from the directory.

    Raises:
        GenerateError: A path has a space, so that the head of the manifest can't list it.
    """
    own = [file for file in imported if not file.startswith("stoker/") and "site-packages" not in Path(file).parts]
    if spaced := [file for file in own if " " in file]:
        raise GenerateError(f"Rename {spaced[0]}: no file that main.py imports may have a space in its path.")
    ours = [file for file in OF_THE_CHECKOUT if (functions / file).exists()]
    return (*own, *(name for name in ALWAYS if (functions / name).exists()), *ours)


def fingerprint(functions: Path, sources: Iterable[str]) -> str:
    """Return a hash of all that decides the manifest: the sources and the parameters that are built in.

    Args:
        functions: The directory that holds `main.py`.
        sources: The files, by their paths from there.
    """
    texts = [f"{source}\n".encode() + _read(functions / source) for source in sources]
    values = [f"{name}={value}\n".encode() for name, value in built_in(functions).items()]
    return _hash(b"".join([*texts, *values]))


def _read(file: Path) -> bytes:
    return file.read_bytes().replace(b"\r\n", b"\n")


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
