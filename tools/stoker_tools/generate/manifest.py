"""`functions/functions.yaml`: the manifest of the functions, made from the decorators in `functions/main.py`.

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

from stoker.capacity import RESERVED
from stoker_tools.deploy.needs import APIS
from stoker_tools.emulators.discovery import loaded
from stoker_tools.emulators.errors import LoadError
from stoker_tools.generate.errors import GenerateError
from stoker_tools.setup.environment import ROOT

SOURCES = (
    *("main.py", "stoker/capacity.py", "stoker/config.py", "stoker/registry.py"),
    *("stoker/access/auth_events.py", "requirements.txt", "../tools/stoker_tools/deploy/needs.py"),
)
"""The files that decide the manifest, from the directory of the functions. Their fingerprint is in the manifest. By it,
`predeploy.cjs` finds a stale manifest without Python."""

BUDGET = "STOKER_VCPU"
"""The parameter that decides numbers in the manifest. The CLI's expressions can't compute, so its value is built in."""

STAND_INS = {"STOKER_REGION": "region-of-the-project", "STOKER_SERVICE_ACCOUNT": "account-of-the-functions"}
"""The values of parameters while the decorators are read. In the manifest, the parameters stand in their places."""

PARAMETERS: tuple[Mapping[str, Any], ...] = (
    {
        "name": "STOKER_REGION",
        "type": "string",
        "default": "us-central1",
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
    {
        "name": "STOKER_SERVICE_ACCOUNT",
        "type": "string",
        "default": "",
        "label": "The service account of the functions",
        "description": "scripts/deploy makes it. If it is empty, the functions run as the default account.",
    },
)
"""The parameters that the CLI puts into the manifest. It reads their values from `functions/.env`."""

HEAD = """\
# Made by scripts/generate from the decorators in main.py. Change them there, and run scripts/generate.
# The Firebase CLI reads this file instead of running main.py. Its emulators do not load a function that is not in here.
# sources: {sources}
# fingerprint: {fingerprint}
# least STOKER_VCPU: {least}
# body: {body}
"""


def manifest(functions: Path = ROOT / "functions") -> str:
    """Return the text of `functions.yaml`.

    Args:
        functions: The directory that holds `main.py`.

    Raises:
        GenerateError: `main.py` can't be loaded.
    """
    budget = budget_of(functions)
    environment = {
        "PATH": os.environ.get("PATH", ""),
        **STAND_INS,
        "STOKER_BLOCKING": "true",
        "PYTHONDONTWRITEBYTECODE": "1",
        **({BUDGET: budget} if budget else {}),
    }
    try:
        found = loaded(functions, Path(sys.executable), environment).specification
    except LoadError as error:
        raise GenerateError(str(error)) from None
    _check_reserved(found["endpoints"].values())
    body = {
        "specVersion": found["specVersion"],
        "requiredAPIs": [{"api": api.host, "reason": api.reason} for api in APIS],
        "params": [dict(parameter) for parameter in PARAMETERS],
        "endpoints": {name: _endpoint(one) for name, one in sorted(found["endpoints"].items())},
    }
    text = json.dumps(body)
    for name, value in STAND_INS.items():
        text = text.replace(value, f"{{{{ params.{name} }}}}")
    body = json.loads(text)
    text = yaml.safe_dump(body, sort_keys=False, width=120)
    head = HEAD.format(
        sources=" ".join(SOURCES),
        fingerprint=fingerprint(functions),
        least=RESERVED + sum(one["cpu"] for one in body["endpoints"].values() if "taskQueueTrigger" in one),
        body=_hash(text.encode()),
    )
    return head + text


def _check_reserved(endpoints: Iterable[Mapping[str, Any]]) -> None:
    """Check the sum that `capacity` reserves for the functions that are no workers.

    Raises:
        GenerateError: The functions have more processors.
    """
    used = sum(one["cpu"] * one["maxInstances"] for one in endpoints if "taskQueueTrigger" not in one)
    if used > RESERVED:
        raise GenerateError(
            f"The functions that are no workers may use {used} vCPU (cpu x max_instances in main.py), and RESERVED in "
            f"functions/stoker/capacity.py is {RESERVED}: set it to {used}."
        )


def _endpoint(declared: Mapping[str, Any]) -> dict[str, Any]:
    if "blockingTrigger" in declared:
        return {"omit": "{{ params.STOKER_BLOCKING == false }}", **declared}
    return dict(declared)


def budget_of(functions: Path) -> str:
    """Return the value of `STOKER_VCPU` in `functions/.env`; an empty string if it has none."""
    return dotenv_values(functions / ".env", interpolate=False).get(BUDGET) or ""


def fingerprint(functions: Path) -> str:
    """Return a hash of all that decides the manifest: the sources and the budget of processors."""
    texts = [f"{source}\n".encode() + _read(functions / source) for source in SOURCES]
    return _hash(b"".join([*texts, f"{BUDGET}={budget_of(functions)}".encode()]))


def _read(file: Path) -> bytes:
    return file.read_bytes().replace(b"\r\n", b"\n")


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
