"""The detour of this process's calls of Google's services to the gate.

The libraries make the calls as in production, with the addresses of production and with the credentials of an instance.
Only the last step differs: `requests` sends them to the gate.
"""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from stoker import config
from twin.gate.metadata_server import HOSTS

ABSENT = (
    *("FUNCTIONS_EMULATOR", "FIREBASE_AUTH_EMULATOR_HOST", "CLOUD_TASKS_EMULATOR_HOST", "FIRESTORE_EMULATOR_HOST"),
    *("STORAGE_EMULATOR_HOST", "FIREBASE_STORAGE_EMULATOR_HOST"),
    *("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_QUOTA_PROJECT"),
)
"""The variables that a deployed function does not have."""


def enter_production(address: str, project: str, bucket: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let this process run as a deployed function does, with the gate in the place of Google.

    Args:
        address: The address of the gate.
        project: The project's id.
        bucket: The name of its bucket.
        monkeypatch: It ends this.
        folder: An empty folder.
    """
    for name in ABSENT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GCLOUD_PROJECT", project)
    monkeypatch.setenv("FIREBASE_CONFIG", json.dumps({"storageBucket": bucket}))
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(folder))  # No credentials of the person who runs the test.
    monkeypatch.setattr(config, "emulated", lambda: False)
    make_detour(address, monkeypatch)


def make_detour(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send each call of a host of Google to the gate.

    Args:
        address: The address of the gate.
        monkeypatch: It ends the detour.
    """
    send = requests.Session.send

    def to_gate(session: requests.Session, request: requests.PreparedRequest, **options: object) -> requests.Response:
        url = urlsplit(request.url or "")
        host = str(url.hostname)
        if host in HOSTS or host.endswith(".googleapis.com"):
            query = f"?{url.query}" if url.query else ""
            request.url = f"{address}/{host}{url.path or '/'}{query}"
            options["proxies"] = {}
        return send(session, request, **options)

    monkeypatch.setattr(requests.Session, "send", to_gate)
