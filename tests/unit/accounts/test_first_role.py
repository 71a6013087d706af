"""The role of a user, which a sign-in gives, on the store in memory. It must not replace a role from an admin."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any, cast

import pytest
from firebase_functions.identity_fn import AuthBlockingEvent

from stoker.accounts import profile, sign_up
from stoker.accounts.account_copy import Account, account_of_event
from stoker.accounts.profile import new_profile
from stoker.firestore.memory_documents import MemoryDocuments
from stoker.firestore.writes import Create, Update

MADE = datetime(2027, 1, 1, tzinfo=UTC)
USER = {"custom_claims": {"role": "user"}}
GIVEN = [{"role": "moderator"}, {"role": "admin"}, {"permissions": ["read:all-tasks"]}]


class Documents(MemoryDocuments):
    """Documents that an admin may change while they are written."""

    meanwhile: Mapping[str, Any] = {}

    def commit(self, *args: Any, **more: Any) -> Any:
        """Write, unless an admin is quicker."""
        if given := self.meanwhile:
            self.meanwhile = {}
            super().commit([Update("users/ada", given)])
        return super().commit(*args, **more)


@pytest.fixture
def documents(monkeypatch: pytest.MonkeyPatch) -> Documents:
    ticks = count()
    documents = Documents(lambda: MADE + timedelta(seconds=next(ticks)))
    monkeypatch.setattr(profile, "FirestoreDocuments", lambda: documents)
    monkeypatch.setattr(sign_up, "record_sign_up", lambda user_id: None)
    return documents


def sign_in(claims: Mapping[str, Any] | None = None, **fields: Any) -> AuthBlockingEvent:
    """A sign-in with a link to an address; the claims are those that Auth read before it asked."""
    plain = {"email": "ada@example.com", "email_verified": False, "display_name": None, "photo_url": None}
    times = SimpleNamespace(creation_time=MADE)
    user = {"uid": "ada", "custom_claims": claims, "metadata": times, "provider_data": [], **plain, **fields}
    return cast(AuthBlockingEvent, SimpleNamespace(data=SimpleNamespace(**user), locale=None))


def made(event: AuthBlockingEvent, **fields: Any) -> Create:
    return Create("users/ada", {**new_profile(account_of_event(event.data, None)), **fields})


@pytest.mark.parametrize("claims", [None, {}, {"plan": "pro"}])
def test_a_linked_account_gets_the_role_of_a_user(documents: Documents, claims: Mapping[str, Any] | None) -> None:
    event = sign_in(claims)
    documents.commit([made(event)])
    assert sign_up.before_signed_in(event) == {"custom_claims": {"role": "user", **(claims or {})}}


def test_permissions_that_the_claims_name_do_not_keep_the_role_away(documents: Documents) -> None:
    event = sign_in({"permissions": ["read:all-tasks"]})
    documents.commit([made(event)])
    assert sign_up.before_signed_in(event) == {"custom_claims": {"role": "user", "permissions": ["read:all-tasks"]}}


@pytest.mark.parametrize("given", GIVEN)
def test_a_role_that_an_admin_has_given_since_the_claims_were_read_holds(
    documents: Documents, given: dict[str, Any]
) -> None:
    event = sign_in()
    documents.commit([made(event, **given)])
    assert sign_up.before_signed_in(event) is None


@pytest.mark.parametrize("given", GIVEN)
def test_a_role_that_an_admin_gives_while_the_profile_follows_holds(
    documents: Documents, given: dict[str, Any]
) -> None:
    event = sign_in(display_name="Ada")
    documents.commit([made(sign_in())])
    documents.meanwhile = given
    assert sign_up.before_signed_in(event) is None
    stored = documents.get("users/ada")
    assert stored is not None
    assert stored.data["displayName"] == "Ada"


@pytest.mark.parametrize("given", GIVEN)
def test_a_role_that_makes_the_profile_at_the_same_time_holds(
    documents: Documents, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any]
) -> None:
    event = sign_in()

    def admin_is_quicker(account: Account) -> bool:
        documents.commit([made(event, **given)])
        return False

    monkeypatch.setattr(profile, "create_profile", admin_is_quicker)
    assert sign_up.before_signed_in(event) is None


def test_a_new_profile_gives_the_role_of_a_user(documents: Documents, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile, "create_profile", lambda account: True)
    assert sign_up.before_signed_in(sign_in()) == USER


def test_an_account_gets_the_role_of_a_user_although_its_profile_can_not_be_read(
    documents: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_answer(account: Account) -> None:
        raise TimeoutError("Firestore is down.")

    monkeypatch.setattr(sign_up, "confirm_profile", no_answer)
    assert sign_up.before_signed_in(sign_in()) == USER


@pytest.mark.parametrize("claims", [{"role": "admin"}, {"role": "user", "permissions": ["read:all-tasks"]}])
def test_claims_that_name_a_role_stay(documents: Documents, claims: dict[str, Any]) -> None:
    event = sign_in(claims)
    documents.commit([made(event, role="user", permissions=[])])
    assert sign_up.before_signed_in(event) is None
