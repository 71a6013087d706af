"""Accounts as clients make them: by the API of the Auth emulator."""

import json
import os
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
from firebase_admin import auth
from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from stoker import config
from stoker.firebase import app
from stoker.firestore.client import client

PICTURE = "https://example.com/ada.png"
"""The address of a picture."""


@dataclass(frozen=True)
class SignedIn:
    """A signed-in user, as a client knows it.

    Attributes:
        id: The uid.
        token: The ID token.
        email: The address; empty if there is none.
        password: The password; empty if there is none.
    """

    id: str
    token: str
    email: str = ""
    password: str = ""


def sign_up(email: str | None = None) -> SignedIn:
    """Sign a new user up with an e-mail address and a password."""
    account = {"email": email or f"{uuid4().hex}@example.com", "password": uuid4().hex, "returnSecureToken": True}
    answer = _say("signUp", account).raise_for_status().json()
    return SignedIn(answer["localId"], answer["idToken"], str(account["email"]), str(account["password"]))


def refused_sign_up(email: str) -> httpx.Response:
    """The answer to a sign-up that is expected to be refused."""
    return _say("signUp", {"email": email, "password": uuid4().hex, "returnSecureToken": True})


def sign_in(who: SignedIn) -> SignedIn:
    """Sign a user in again, with the password."""
    account = {"email": who.email, "password": who.password, "returnSecureToken": True}
    answer = _say("signInWithPassword", account).raise_for_status().json()
    return SignedIn(who.id, answer["idToken"], who.email, who.password)


def sign_in_anonymously() -> SignedIn:
    """Sign a user in anonymously."""
    answer = _say("signUp", {"returnSecureToken": True}).raise_for_status().json()
    return SignedIn(answer["localId"], answer["idToken"])


def sign_in_with_custom_token(user_id: str, **claims: Any) -> SignedIn:
    """Sign a user in with a token of the app's own server."""
    token = json.dumps({"uid": user_id, "claims": claims})
    answer = _say("signInWithCustomToken", {"token": token, "returnSecureToken": True}).raise_for_status().json()
    return SignedIn(user_id, answer["idToken"])


def update_account(who: SignedIn, **fields: str) -> None:
    """Call `updateProfile()` of the client SDK, with `displayName` and `photoUrl`. No function is triggered by it."""
    _say("update", {"idToken": who.token, "returnSecureToken": True, **fields}).raise_for_status()


def link_with_google(who: SignedIn, name: str, picture: str) -> SignedIn:
    """Call `linkWithCredential()`: the account gets another provider."""
    email = f"{uuid4().hex}@example.com"
    claims = {"sub": uuid4().hex, "email": email, "email_verified": True, "name": name, "picture": picture}
    credential = f"id_token={quote(json.dumps(claims))}&providerId=google.com"
    return _linked("signInWithIdp", who, email=email, postBody=credential)


def link_with_password(who: SignedIn) -> SignedIn:
    """Link an account with an address and a password."""
    return _linked("signUp", who, email=f"{uuid4().hex}@example.com", password=uuid4().hex)


def _linked(what: str, who: SignedIn, *, email: str, **fields: str) -> SignedIn:
    body = {"idToken": who.token, "returnSecureToken": True, "requestUri": "http://localhost", **fields}
    answer = _say(what, {**body, **({"email": email} if what == "signUp" else {})}).raise_for_status().json()
    assert answer["localId"] == who.id
    return SignedIn(who.id, answer["idToken"], email, fields.get("password", ""))


def imported(user_id: str | None = None) -> SignedIn:
    """Import an account. Auth sends no event for an import, and nobody has signed in to the account yet."""
    who = SignedIn(user_id or uuid4().hex[:28], "", f"{uuid4().hex}@example.com", uuid4().hex)
    auth.import_users([auth.ImportUserRecord(who.id, email=who.email)], app=app())
    auth.update_user(who.id, password=who.password, app=app())
    return who


def delete_as_user(who: SignedIn) -> None:
    """`deleteUser()` of the client SDK."""
    _say("delete", {"idToken": who.token}).raise_for_status()


def delete_as_console(user_id: str) -> None:
    """Delete a user as an admin or the console does."""
    auth.delete_user(user_id, app=app())


def delete_in_batch(*user_ids: str) -> None:
    """Delete several users at once, as an admin does."""
    assert not auth.delete_users(list(user_ids), app=app()).errors


def profile_of(user_id: str) -> dict[str, Any]:
    """Return a user's profile; empty if there is none."""
    return client().collection(config.USERS).document(user_id).get().to_dict() or {}


def _say(what: str, body: dict[str, Any]) -> httpx.Response:
    host = os.environ["FIREBASE_AUTH_EMULATOR_HOST"]
    url = f"http://{host}/identitytoolkit.googleapis.com/v1/accounts:{what}?key=any"
    return httpx.post(url, json=body, timeout=120)


def document(user_id: str) -> firestore.DocumentReference:
    """The place of a user's profile."""
    return client().collection(config.USERS).document(user_id)


def events_of(user_id: str) -> list[str]:
    """The names of the events that are recorded of a user."""
    events = client().collection(config.ANALYTICS_EVENTS).where(filter=FieldFilter("userId", "==", user_id))
    return [event.get("name") for event in events.stream()]
