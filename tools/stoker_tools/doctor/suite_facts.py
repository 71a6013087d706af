"""Reading the functions that an emulator suite has loaded."""

import json
import os
import urllib.request
from collections.abc import Callable

from stoker_tools.deploy.google import GoogleRefusal
from stoker_tools.doctor.place import DeployedFunction
from stoker_tools.emulators.project import configured, usual_ports
from stoker_tools.setup.environment import ROOT

SECONDS = 10
"""The longest wait for an answer of the Functions emulator, in seconds."""


def suite_readers() -> dict[str, Callable[[], object]]:
    """Return a function for each fact that the emulators know, beside their documents."""
    return {"functions": _functions}


def _functions() -> list[DeployedFunction]:
    address = os.environ.get("STOKER_FUNCTIONS_EMULATOR") or f"127.0.0.1:{usual_ports(configured(ROOT))['functions']}"
    try:
        with urllib.request.urlopen(f"http://{address}/backends", timeout=SECONDS) as answer:
            backends = json.load(answer)["backends"]
    except OSError as error:
        raise GoogleRefusal(503, "UNAVAILABLE", f"no Functions emulator answers at {address} ({error})") from None
    return [
        DeployedFunction(trigger["name"], trigger["region"])
        for backend in backends
        for trigger in backend["functionTriggers"]
    ]
