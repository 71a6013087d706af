"""The detour of this process's calls of Google's services to the gate.

The libraries make the calls as in production, with the addresses of production and with the credentials of an instance.
Only the last step differs: `requests` sends them to the gate.
"""

from urllib.parse import urlsplit

import pytest
import requests

from twin.gate.metadata_server import HOSTS


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
