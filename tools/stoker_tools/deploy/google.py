"""Calls of Google's management APIs, with the account of the Firebase CLI."""

import math
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from stoker_tools.errors import CommandError
from stoker_tools.setup import app_root

TOKEN = Path(__file__).with_name("token.cjs")

SECONDS = 30
"""The longest wait for an answer of Google, in seconds."""

LOGIN_SECONDS = 8
"""The longest wait for a token, in seconds. The CLI needs about one."""

NOT_FOUND, FORBIDDEN, UNAUTHENTICATED = 404, 403, 401


class GoogleRefusal(Exception):
    """Google has refused a call.

    Attributes:
        status: The status of HTTP.
        reason: Google's code, such as `PERMISSION_DENIED`.
        message: Google's sentence.
    """

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status, self.reason, self.message = status, reason, message


class GoogleSilence(CommandError):
    """Google can't be reached, or has not answered in time."""


class Google:
    """The management APIs of a project.

    Args:
        project: The id of the project.
        token: An access token of OAuth.
        until: The time after which no call waits any more, in seconds of `time.monotonic`.
    """

    def __init__(self, project: str, token: str, until: float = math.inf) -> None:
        self.project = project
        self._until = until
        self._session = requests.Session()
        # The quota of the project counts, not that of the CLI.
        self._session.headers.update({"Authorization": f"Bearer {token}", "x-goog-user-project": project})

    def call(self, method: str, url: str, body: Any = None, **query: str | list[str]) -> Any:
        """Call an API; return the answer.

        Args:
            method: `GET`, `POST`, `PUT` or `PATCH`.
            url: The address with the host, without `https://`.
            body: What to send, as JSON.
            query: The parameters of the address. A list repeats its parameter.

        Raises:
            GoogleRefusal: Google has refused the call.
            GoogleSilence: Google can't be reached, or has not answered in time.
        """
        host = url.partition("/")[0]
        seconds = min(SECONDS, self._until - time.monotonic())
        if seconds <= 0:
            raise GoogleSilence(f"{host} was not asked, because the time is over.")
        try:
            answer = self._session.request(method, f"https://{url}", params=query, json=body, timeout=seconds)
        except requests.RequestException as error:
            raise GoogleSilence(f"{host} can't be reached: check the network, and try again. ({error})") from None
        if answer.ok:
            return answer.json() if answer.content else {}
        raise _refusal(answer)

    def get(self, url: str, **query: str | list[str]) -> Any:
        """Read a resource; return it, or None if there is none. The rest is as in `call`."""
        try:
            return self.call("GET", url, **query)
        except GoogleRefusal as refusal:
            if refusal.status == NOT_FOUND:
                return None
            raise

    def pages(self, url: str, **query: str) -> Iterator[dict[str, Any]]:
        """Read a list, and yield each page as Google sends it. The rest is as in `call`."""
        while True:
            page = self.call("GET", url, **query)
            yield page
            if not page.get("nextPageToken"):
                return
            query["pageToken"] = page["nextPageToken"]

    def listed(self, url: str, name: str, region: str = "", **query: str) -> list[dict[str, Any]]:
        """Read all pages of a list; return its resources, or an empty list if there is nothing at the address.

        Args:
            url: The address, as in `call`.
            name: The field of the answer that holds the resources.
            region: A region that the list must contain. If another region does not answer, the CLI goes on too.
            query: The parameters of the address.

        Raises:
            GoogleRefusal: Google has refused the call, or the region does not answer.
            GoogleSilence: Google can't be reached, or has not answered in time.
        """
        try:
            pages = list(self.pages(url, **query))
        except GoogleRefusal as refusal:
            if refusal.status == NOT_FOUND:
                return []
            raise
        if region in {place.rpartition("/")[2] for page in pages for place in page.get("unreachable", ())}:
            raise GoogleRefusal(503, "UNAVAILABLE", f"The region {region} does not answer.")
        return [one for page in pages for one in page.get(name, [])]


def _refusal(answer: requests.Response) -> GoogleRefusal:
    try:
        error = answer.json()["error"]
        return GoogleRefusal(answer.status_code, str(error.get("status", "")), str(error.get("message", "")))
    except (ValueError, KeyError, TypeError, AttributeError):  # Such as a page of HTML from a proxy.
        return GoogleRefusal(answer.status_code, "", answer.text[:200])


def access_token() -> str:
    """Return an access token of the account that the Firebase CLI uses.

    Raises:
        CommandError: Nobody has logged in, the login has expired, or Google can't be reached.
    """
    line = ["node", str(TOKEN)]
    # The script of a wheel lies in no folder below which Node.js would find the Firebase CLI.
    variables = os.environ | {"NODE_PATH": str(app_root.node_folder() / "node_modules")}
    try:
        done = subprocess.run(
            line, cwd=app_root.app(), env=variables, capture_output=True, text=True, timeout=LOGIN_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise CommandError("Google can't be reached. Check the network, and try again.") from None
    if done.returncode != 0 or not done.stdout:
        said = (done.stdout or done.stderr).strip().splitlines()  # On stderr if Node.js itself has failed.
        reason = said[-1].rstrip(".") if said else "no reason was given"
        raise CommandError(
            f"The Firebase CLI has no login ({reason}): run `npx firebase-tools login`, or name a service account's "
            "key in GOOGLE_APPLICATION_CREDENTIALS."
        )
    return done.stdout
