"""The users who send requests: accounts of the Auth emulator, and tokens that are made up or worthless."""

import base64
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

PROJECT = "demo-stoker"
PASSWORD = "correct-horse"

ROLES = {"ada": None, "bob": None, "mia": "moderator", "rex": "admin"}
"""The roles of the accounts, by their uids. Ada owns the documents that are asked for."""


class Tokens(Mapping[str, str | None]):
    """The tokens of the users, by their names; None for a client that is not signed in.

    Beside the accounts of `ROLES`, there are:

    - `nobody` is not signed in.
    - `expired` is Ada with an expired token, and `retired` is the admin with an expired token.
    - `tenant` is a user of another tenant with Ada's uid.
    - `fresh` and `stale` are Ada, who signed in a little less and a little more than 5 minutes ago.
    - `nameless` is Ada with a token without an expiry.
    - `slash` has a slash in the uid, so it can't be the name of a folder.
    - `longest` has a uid of 128 characters, which is the longest that is valid, and `long` one of 129.
    - `eve` is a user whose account was deleted.
    - `anonymous` is Ada, signed in without a provider a day ago.
    - `impostor` is Bob with claims that have no meaning.

    Args:
        auth_host: The address of the Auth emulator, as host:port.
    """

    def __init__(self, auth_host: str) -> None:
        with httpx.Client(base_url=f"http://{auth_host}/identitytoolkit.googleapis.com", timeout=60) as auth:
            real = {uid: _signed_in(auth, uid, role) for uid, role in ROLES.items()}
            real["tenant"] = _signed_in(auth, "ada", None, _tenant(auth))
        self._ada = claims(real["ada"])
        self._kept = {**real, **_made_up(self._ada), "retired": _expired(claims(real["rex"]))}

    def __getitem__(self, who: str) -> str | None:
        if who in AGES:  # Made at each use, because a token gets older while the tests run.
            return unsigned({**self._ada, "auth_time": int(time.time()) - AGES[who]})
        return self._kept[who]

    def __iter__(self) -> Iterator[str]:
        return iter([*self._kept, *AGES])

    def __len__(self) -> int:
        return len(self._kept) + len(AGES)


def _made_up(ada: Mapping[str, Any]) -> dict[str, str | None]:
    found: dict[str, str | None] = {"nobody": None}
    found["expired"] = _expired(ada)
    found["nameless"] = unsigned({name: value for name, value in ada.items() if name != "exp"})
    found["slash"] = unsigned({**ada, "sub": "a/da", "user_id": "a/da"})
    found["long"] = unsigned({**ada, "sub": "a" * 129, "user_id": "a" * 129})
    found["longest"] = unsigned({**ada, "sub": "a" * 128, "user_id": "a" * 128})
    found["eve"] = unsigned({**ada, "sub": "eve", "user_id": "eve"})
    anonymous = {**ada["firebase"], "sign_in_provider": "anonymous"}
    found["anonymous"] = unsigned({**ada, "firebase": anonymous, "auth_time": ada["auth_time"] - 86_400})
    found["impostor"] = unsigned({**ada, "sub": "bob", "user_id": "bob", "role": "ghost", "admin": True})
    return found


AGES = {"fresh": 290, "stale": 310}
"""The time since the sign-in, in seconds, by the names of the users."""


def _expired(content: Mapping[str, Any]) -> str:
    return unsigned({**content, "iat": content["iat"] - 7200, "exp": content["exp"] - 7200})


def claims(token: str) -> dict[str, Any]:
    """Return the claims of a token, without a check of its signature."""
    payload = token.split(".")[1]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return decoded


def unsigned(content: Mapping[str, Any]) -> str:
    """Return a token of some claims without a signature, which the emulators accept."""
    parts = ({"alg": "none", "typ": "JWT"}, dict(content))
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."


def _tenant(auth: httpx.Client) -> str:
    answer = auth.post(
        f"/v2/projects/{PROJECT}/tenants",
        json={"displayName": f"tenant-{time.time_ns() % 10**9}", "allowPasswordSignup": True},
        headers={"Authorization": "Bearer owner"},
    )
    answer.raise_for_status()
    return str(answer.json()["tenantId"])


def _signed_in(auth: httpx.Client, uid: str, role: str | None, tenant: str | None = None) -> str:
    accounts = f"/v1/projects/{PROJECT}" + (f"/tenants/{tenant}" if tenant else "") + "/accounts"
    email = f"{uid}@example.com"
    made = auth.post(
        accounts,
        json={"localId": uid, "email": email, "password": PASSWORD},
        headers={"Authorization": "Bearer owner"},
    )
    if made.status_code != 200 and "DUPLICATE" not in made.text and "EXISTS" not in made.text:
        made.raise_for_status()
    if role:
        auth.post(
            f"{accounts}:update",
            json={"localId": uid, "customAttributes": json.dumps({"role": role})},
            headers={"Authorization": "Bearer owner"},
        ).raise_for_status()
    answer = auth.post(
        "/v1/accounts:signInWithPassword?key=any",
        json={
            "email": email,
            "password": PASSWORD,
            "returnSecureToken": True,
            **({"tenantId": tenant} if tenant else {}),
        },
    )
    answer.raise_for_status()
    return str(answer.json()["idToken"])
