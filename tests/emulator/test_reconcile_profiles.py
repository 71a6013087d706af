"""The reconcile of profiles makes missing profiles, renews others and removes provisional ones."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from firebase_admin import auth, delete_app

from emulator.accounts import (
    PICTURE,
    document,
    events_of,
    profile_of,
)
from stoker.accounts import cursor
from stoker.accounts import reconcile as reconcile_module
from stoker.accounts.reconcile import reconcile_profiles
from stoker.firebase import app
from stoker.firestore.client import client
from stoker.models.user import User

LATER = timedelta(hours=2)


@pytest.mark.usefixtures("own_project")
def test_the_reconcile_lets_profiles_follow_their_accounts() -> None:
    changed, own, same = (auth.create_user(app=app()).uid for _ in range(3))
    reconcile_profiles()
    document(own).update({"displayName": "Countess"})
    for uid in (changed, own):
        auth.update_user(uid, display_name="Ada", photo_url=PICTURE, app=app())
    before = profile_of(same)
    assert (reconcile_profiles().followed, reconcile_profiles().followed) == (2, 0)
    assert (profile_of(changed)["displayName"], profile_of(own)["displayName"]) == ("Ada", "Countess")
    assert profile_of(own)["photoURL"] == PICTURE
    assert profile_of(same) == before


@pytest.fixture
def own_project(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A project of the test's own in the emulators: a reconcile looks at every account that there is."""

    def forget() -> None:
        client.cache_clear()
        delete_app(app())

    with monkeypatch.context() as patch:
        forget()
        patch.setenv("GCLOUD_PROJECT", f"demo-{uuid4().hex[:12]}")
        yield
        forget()


@pytest.mark.usefixtures("own_project")
def test_the_reconcile_makes_what_is_missing_and_removes_what_never_came_to_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reconcile_module, "ACCOUNTS", 3)  # so that there are pages
    missing = [auth.create_user(app=app()).uid for _ in range(4)]
    locked = auth.create_user(disabled=True, app=app()).uid
    confirmed, failed, fresh = auth.create_user(app=app()).uid, uuid4().hex, uuid4().hex
    for name in (confirmed, failed, fresh):
        document(name).set({"id": name, "provisional": True}, merge=True)
    done = reconcile_profiles()
    assert all(User.from_firestore(profile_of(name)).id == name for name in missing)
    assert profile_of(locked) == {}
    assert all(profile_of(name)["provisional"] for name in (confirmed, failed, fresh))  # a sign-up may be under way
    assert done.made == 4
    again = reconcile_profiles(datetime.now(UTC) + LATER)
    assert (again.made, again.confirmed, again.removed, again.failed) == (0, 1, 2, [])
    assert "provisional" not in profile_of(confirmed)
    assert events_of(confirmed) == ["user.signed-up"]
    assert profile_of(failed) == profile_of(fresh) == {}


@pytest.mark.usefixtures("own_project")
def test_a_reconcile_goes_on_where_the_one_before_has_come_to(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = {auth.create_user(app=app()).uid for _ in range(7)}
    monkeypatch.setattr(reconcile_module, "ACCOUNTS", 3)
    for expected in (False, False, True, True, True, True, False):  # each has time for one profile, of pages of three
        reconcile_profiles(seconds=0)
        assert (cursor.load(reconcile_module.PLACE) is not None) == expected
    assert all(profile_of(name) for name in missing)
