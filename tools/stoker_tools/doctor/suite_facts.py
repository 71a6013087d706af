"""Reading the facts of an emulator suite: the emulators that do not answer, and the functions that are loaded."""

import json
import os
import socket
import urllib.request
from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import urlsplit

from stoker_tools.cli.connection import HOSTS
from stoker_tools.deploy.deployed_function import DeployedFunction
from stoker_tools.deploy.google import GoogleRefusal
from stoker_tools.doctor.expected import Expected
from stoker_tools.emulators.project import configured, usual_ports
from stoker_tools.setup import app_root

SECONDS = 5.0
"""The longest wait for an answer of an emulator, in seconds."""


def suite_readers(wanted: Expected) -> dict[str, Callable[[], object]]:
    """Return a function for each fact that the emulators know, beside their documents.

    Args:
        wanted: The things that the suite should have.
    """
    return {"emulators": _silent, "functions": partial(_functions, wanted.codebase)}


def _silent() -> Mapping[str, str]:
    """Return the addresses of the emulators that accept no connection, by their names."""
    addresses = {name: os.environ.get(variable, "") for name, variable in HOSTS.items()}
    addresses["functions"] = _functions_address()
    return {name: address for name, address in addresses.items() if not _answers(address)}


def _answers(address: str) -> bool:
    # Of these addresses, only that of Cloud Storage is a URL.
    parts = urlsplit(address if "//" in address else f"//{address}")
    try:
        socket.create_connection((parts.hostname, parts.port), timeout=SECONDS).close()
    except OSError:
        return False  # That is the fact.
    return True


def _functions_address() -> str:
    if named := os.environ.get("STOKER_FUNCTIONS_EMULATOR"):
        return named
    return f"127.0.0.1:{usual_ports(configured(app_root.app()))['functions']}"


def _functions(codebase: str) -> list[DeployedFunction]:
    address = _functions_address()
    try:
        with urllib.request.urlopen(f"http://{address}/backends", timeout=SECONDS) as answer:
            backends = json.load(answer)["backends"]
    except OSError as error:
        raise GoogleRefusal(503, "UNAVAILABLE", f"no Functions emulator answers at {address} ({error})") from None
    return [
        DeployedFunction(trigger["name"], trigger["region"], codebase=codebase)
        for backend in backends
        for trigger in backend["functionTriggers"]
    ]
