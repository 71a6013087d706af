"""Calling a function over HTTP, as the client SDKs do, with tokens of the Auth emulator."""

import json
import os
from collections.abc import Mapping
from typing import Any

import httpx

from stoker import config
from stoker_tools.rules_lab.identities import claims as claims_of
from stoker_tools.rules_lab.identities import unsigned
from stoker_tools.samples.user import PROJECT, SampleUser


def call(function: str, data: Any, token: str | None, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """Calls a function of the running suite.

    Args:
        function: Its name.
        data: The arguments.
        token: The ID token, if any.
        headers: Others.
    """
    url = f"http://{os.environ['STOKER_FUNCTIONS_EMULATOR']}/{PROJECT}/{config.REGION}/{function}"
    sent = {**({} if token is None else {"Authorization": f"Bearer {token}"}), **(headers or {})}
    return httpx.post(url, json={"data": data}, headers=sent, timeout=60)


def refusal(answer: httpx.Response) -> tuple[int, str, str | None]:
    """Return the HTTP status, Firebase's code and our code of a refusal."""
    error = answer.json()["error"]
    assert error["message"]
    return answer.status_code, error["status"], (error.get("details") or {}).get("code")


def token_with(user: SampleUser, claims: Mapping[str, Any]) -> str:
    """A token of the user's, issued after an admin has given the account claims of its own."""
    change = {"localId": user.id, "customAttributes": json.dumps(dict(claims))}
    _auth(f"projects/{PROJECT}/accounts:update", change, {"Authorization": "Bearer owner"})
    return new_token(user)


def new_token(user: SampleUser) -> str:
    """Return a token with the account's current claims."""
    account = {"token": json.dumps({"uid": user.id}), "returnSecureToken": True}
    return str(_auth("accounts:signInWithCustomToken?key=any", account)["idToken"])


def altered(token: str, **changes: Any) -> str:
    """A token with other claims. Only the emulator accepts it."""
    return unsigned({**claims_of(token), **changes})


def claims_now(user: SampleUser) -> dict[str, Any]:
    """The claims of an account."""
    found = _auth(f"projects/{PROJECT}/accounts:lookup", {"localId": [user.id]}, {"Authorization": "Bearer owner"})
    claims: dict[str, Any] = json.loads(found["users"][0].get("customAttributes", "{}"))
    return claims


def _auth(path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    host = f"http://{os.environ['FIREBASE_AUTH_EMULATOR_HOST']}/identitytoolkit.googleapis.com/v1"
    answer = httpx.post(f"{host}/{path}", json=dict(body), headers=headers, timeout=60)
    answer.raise_for_status()
    content: dict[str, Any] = answer.json()
    return content
