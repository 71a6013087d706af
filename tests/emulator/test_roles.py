"""An admin gives roles: over HTTP with real tokens, and `stoker roles` as a person runs it."""

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest
from firebase_admin import auth

from emulator.accounts import imported, profile_of
from emulator.calling import call, claims_now, new_token, refusal, token_with
from stoker import config
from stoker.access import account
from stoker.accounts.roles import set_role
from stoker.errors import ClaimsTooLarge, UserNotFound
from stoker.firebase import app
from stoker.firestore.client import client
from stoker.firestore.documents import FirestoreDocuments
from stoker.models.user import User as Profile
from stoker_tools.samples.user import SampleUser
from stoker_tools.setup.environment import ROOT

COMMAND = str(ROOT / "scripts" / "roles")


@pytest.fixture
def admin() -> SampleUser:
    """A user whose account has the role of admin."""
    user = SampleUser.sign_up()
    token = token_with(user, {"role": "admin"})
    return SampleUser(user.id, token, user.firestore)


def profile(user: SampleUser) -> dict[str, Any]:
    return client().collection(config.USERS).document(user.id).get().to_dict() or {}


# Over HTTP


def test_an_admin_makes_a_moderator_whose_next_token_says_so(admin: SampleUser, user: SampleUser) -> None:
    change = {"userId": user.id, "role": "moderator", "permissions": ["read:all-tasks"]}
    answer = call("setRole", change, admin.token)
    assert (answer.status_code, answer.json()["result"]) == (200, change)
    assert claims_now(user) == {"role": "moderator", "permissions": ["read:all-tasks"]}
    stored = profile(user)
    assert (stored["role"], stored["permissions"]) == ("moderator", ["read:all-tasks"])
    Profile.from_firestore(stored)
    # What moderators alone may: the token from before the change can't.
    assert listed(user.token, "analyticsAggregates") == 403
    assert listed(new_token(user), "analyticsAggregates") == 200


def listed(token: str, collection: str) -> int:
    """Return the HTTP status with which the rules answer a list."""
    host = os.environ["FIRESTORE_EMULATOR_HOST"]
    url = f"http://{host}/v1/projects/{config.project()}/databases/(default)/documents:runQuery"
    query = {"structuredQuery": {"from": [{"collectionId": collection}], "limit": 5}}
    return httpx.post(url, json=query, headers={"Authorization": f"Bearer {token}"}, timeout=60).status_code


def test_doing_it_again_changes_nothing(admin: SampleUser, user: SampleUser) -> None:
    change = {"userId": user.id, "role": "moderator"}
    first = call("setRole", change, admin.token)
    before = profile(user)
    second = call("setRole", change, admin.token)
    assert first.json() == second.json()
    assert {**profile(user), "updatedAt": None} == {**before, "updatedAt": None}
    assert claims_now(user) == {"role": "moderator"}


def test_permissions_stay_if_a_call_names_none_and_other_claims_always_stay(
    admin: SampleUser, user: SampleUser
) -> None:
    token_with(user, {"role": "user", "permissions": ["read:own-data"], "plan": "gold"})
    assert call("setRole", {"userId": user.id, "role": "admin"}, admin.token).status_code == 200
    assert claims_now(user) == {"role": "admin", "permissions": ["read:own-data"], "plan": "gold"}
    assert call("setRole", {"userId": user.id, "role": "user", "permissions": []}, admin.token).status_code == 200
    assert claims_now(user) == {"role": "user", "plan": "gold"}
    assert (profile(user)["role"], profile(user)["permissions"]) == ("user", [])


def test_a_profile_that_is_there_keeps_the_rest(admin: SampleUser, user: SampleUser) -> None:
    set_role(user.id, "user", by="the test")
    reference = client().collection(config.USERS).document(user.id)
    reference.update({"displayName": "Ada", "progress": {"xp": 7}})
    assert call("setRole", {"userId": user.id, "role": "moderator"}, admin.token).status_code == 200
    stored = profile(user)
    assert (stored["displayName"], stored["progress"], stored["role"]) == ("Ada", {"xp": 7}, "moderator")


def test_only_admins_give_roles(user: SampleUser) -> None:
    stranger = SampleUser.sign_up()
    refused = (403, "PERMISSION_DENIED", "permission-denied")
    for token in (stranger.token, token_with(stranger, {"role": "moderator"})):
        for about in (user, stranger):
            assert refusal(call("setRole", {"userId": about.id, "role": "admin"}, token)) == refused
    for one in (user, stranger):
        assert profile(one)["role"] == "user"
    assert claims_now(user) == {"role": "user"}


def test_an_admin_remains_one_by_their_own_doing(admin: SampleUser) -> None:
    for role in ("user", "moderator"):
        seen = refusal(call("setRole", {"userId": admin.id, "role": role}, admin.token))
        assert seen == (400, "FAILED_PRECONDITION", "own-role")
    assert claims_now(admin) == {"role": "admin"}
    more = {"userId": admin.id, "role": "admin", "permissions": ["write:reports"]}
    assert call("setRole", more, admin.token).status_code == 200


def test_who_is_no_admin_any_more_gives_no_roles_with_an_old_token(admin: SampleUser, user: SampleUser) -> None:
    other = SampleUser.sign_up()
    others_token = token_with(other, {"role": "admin"})
    change = {"userId": user.id, "role": "admin"}
    assert call("setRole", {"userId": admin.id, "role": "user"}, others_token).status_code == 200
    assert refusal(call("setRole", change, admin.token)) == (403, "PERMISSION_DENIED", "permission-denied")
    assert claims_now(user) == {"role": "user"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (None, "invalid-argument"),
        ([], "invalid-argument"),
        ({}, "invalid-argument"),
        ({"userId": "", "role": "admin"}, "invalid-argument"),
        ({"userId": "a/b", "role": "admin"}, "invalid-argument"),
        ({"userId": ["a"], "role": "admin"}, "invalid-argument"),
        ({"userId": "a", "role": "owner"}, "invalid-argument"),
        ({"userId": "a", "role": "user", "more": 1}, "invalid-argument"),
        ({"userId": "a", "role": "user", "permissions": ["everything"]}, "invalid-argument"),
        ({"userId": "a", "role": "user", "permissions": "read:all"}, "invalid-argument"),
        ({"userId": "no-such-user", "role": "user"}, "user-not-found"),
    ],
    ids=str,
)
def test_what_can_not_be_is_named(admin: SampleUser, data: Any, code: str) -> None:
    answer = call("setRole", data, admin.token)
    assert refusal(answer)[2] == code
    assert answer.status_code == (404 if code == "user-not-found" else 400)


def test_more_than_a_token_has_room_for_is_refused(admin: SampleUser, user: SampleUser) -> None:
    many = [f"read:collection-of-things-{'abcdefghij'[number % 10] * 9}" for number in range(40)]
    seen = refusal(call("setRole", {"userId": user.id, "role": "user", "permissions": many}, admin.token))
    assert seen == (400, "FAILED_PRECONDITION", "claims-too-large")
    assert (claims_now(user), profile(user)["permissions"]) == ({"role": "user"}, [])


# From Python


def test_of_many_at_the_same_time_one_holds_in_both_places(user: SampleUser) -> None:
    asked = ["user", "moderator", "admin"] * 3
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda role: set_role(user.id, role, by="the test"), asked))
    assert claims_now(user)["role"] == profile(user)["role"]


def test_a_crash_in_between_is_mended_by_doing_it_again(user: SampleUser, monkeypatch: pytest.MonkeyPatch) -> None:
    set_role(user.id, "user", by="the test")
    with monkeypatch.context() as crash:
        crash.setattr(FirestoreDocuments, "commit", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            set_role(user.id, "admin", by="the test")
    assert (claims_now(user)["role"], profile(user)["role"]) == ("admin", "user")
    set_role(user.id, "admin", by="the test")
    assert (claims_now(user)["role"], profile(user)["role"]) == ("admin", "admin")


def test_the_log_names_the_admin(user: SampleUser, capsys: pytest.CaptureFixture[str]) -> None:
    set_role(user.id, "admin", by="rex")
    [line] = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "role-set" in line]
    seen = {name: line[name] for name in ("event", "userId", "by", "role", "roleBefore")}
    assert seen == {"event": "role-set", "userId": user.id, "by": "rex", "role": "admin", "roleBefore": "user"}
    set_role(user.id, "admin", by="rex")
    assert "role-set" not in capsys.readouterr().out


def test_there_must_be_such_a_user() -> None:
    with pytest.raises(UserNotFound):
        set_role("no-such-user", "admin", by="the test")
    assert not client().collection(config.USERS).document("no-such-user").get().exists


def test_a_role_that_is_given_while_the_account_goes_leaves_no_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    who = imported()
    commit = FirestoreDocuments.commit

    def lock_first(*arguments: Any, **named: Any) -> Any:
        account.lock(who.id)  # a deletion has begun, and found no profile
        return commit(*arguments, **named)

    monkeypatch.setattr(FirestoreDocuments, "commit", lock_first)
    set_role(who.id, "moderator", by="the test")
    assert profile_of(who.id) == {}


def test_a_role_that_is_given_while_the_account_is_deleted_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    who = imported()
    commit = FirestoreDocuments.commit

    def delete_first(*arguments: Any, **named: Any) -> Any:
        account.delete(who.id)
        return commit(*arguments, **named)

    monkeypatch.setattr(FirestoreDocuments, "commit", delete_first)
    with pytest.raises(UserNotFound):
        set_role(who.id, "moderator", by="the test")
    assert profile_of(who.id) == {}


def test_a_locked_account_gets_a_role_and_no_profile() -> None:
    who = imported()
    account.lock(who.id)
    assert set_role(who.id, "moderator", by="the test").role == "moderator"
    assert profile_of(who.id) == {}


def test_a_profile_that_comes_with_a_role_is_a_sign_up(undelivered: None) -> None:
    who = imported()
    set_role(who.id, "moderator", by="the test")
    events = client().collection(config.ANALYTICS_EVENTS).stream()
    assert [(event.get("name"), event.get("userId")) for event in events] == [("user.signed-up", who.id)]
    assert profile_of(who.id)["role"] == "moderator"


def test_claims_have_a_limit_that_counts_all_of_them(user: SampleUser) -> None:
    token_with(user, {"others": "x" * 950})
    with pytest.raises(ClaimsTooLarge):
        set_role(user.id, "moderator", ["read:all-tasks"], by="the test")


# scripts/roles


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True, timeout=120)
    assert "Traceback" not in done.stderr
    return done


def email_of(user: SampleUser) -> str:
    return str(auth.get_user(user.id, app=app()).email)


def test_the_first_admin_is_made_at_a_terminal(user: SampleUser) -> None:
    email = email_of(user)
    done = run("set", email, "admin")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{email} is an admin now. Tokens have the change within an hour.\n"
    assert (claims_now(user)["role"], profile(user)["role"]) == ("admin", "admin")
    other = SampleUser.sign_up()
    made = call("setRole", {"userId": other.id, "role": "moderator"}, new_token(user))
    assert made.status_code == 200
    found = {one["id"]: one for one in json.loads(run("list", "--json").stdout)}
    assert found[user.id] == {"id": user.id, "email": email, "role": "admin", "permissions": [], "profile": "admin"}
    assert found[other.id]["role"] == "moderator"
    assert f"{user.id}  {email}" in run("list").stdout


def test_permissions_are_given_and_taken_at_a_terminal(user: SampleUser) -> None:
    done = run("set", user.id, "user", "--permission", "read:all-tasks", "--permission", "read:all-jobs", "--json")
    given = ["read:all-tasks", "read:all-jobs"]
    assert json.loads(done.stdout) == {"id": user.id, "role": "user", "permissions": given}
    assert claims_now(user)["permissions"] == given
    assert user.id in run("list").stdout
    assert run("set", user.id, "user", "--no-permissions").returncode == 0
    assert claims_now(user) == {"role": "user"}
    assert user.id not in run("list").stdout


def test_a_profile_that_says_otherwise_is_listed(user: SampleUser) -> None:
    set_role(user.id, "user", by="the test")
    client().collection(config.USERS).document(user.id).update({"role": "admin"})
    [one] = [one for one in json.loads(run("list", "--json").stdout) if one["id"] == user.id]
    assert (one["role"], one["profile"]) == ("user", "admin")
    assert run("set", user.id, "user").returncode == 0
    assert profile(user)["role"] == "user"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], 2, "required: COMMAND"),
        (["set", "ada"], 2, "required: ROLE"),
        (["set", "ada", "owner"], 2, "role: must be 'user', 'admin' or 'moderator'"),
        (["set", "ada", "user", "--permission", "all"], 2, "permissions[0]"),
        (["set", "no-such-user", "admin"], 10, "There is no user 'no-such-user'"),
        (["set", "no@example.com", "admin"], 10, "There is no user 'no@example.com'"),
        (["set", "x" * 200, "admin"], 10, "There is no user"),
        (["set", "", "admin"], 10, "There is no user ''"),
    ],
    ids=lambda part: " ".join(part)[:30] if isinstance(part, list) else None,
)
def test_a_wrong_command_line_is_named(arguments: list[str], code: int, message: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr


@pytest.mark.parametrize("command", ["", "list", "set"])
def test_help_has_examples(command: str) -> None:
    done = run(*([command] if command else []), "--help")
    assert done.returncode == 0
    assert f"examples:\n  scripts/roles {command}" in done.stdout


def test_in_a_project_where_nobody_has_a_role_it_says_what_to_do() -> None:
    done = run("list", "--project", f"demo-{uuid4().hex[:10]}")
    assert done.returncode == 0
    assert "makes the first admin" in done.stdout
