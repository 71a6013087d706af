"""The reconcile of profiles, on the store in memory: it ends in time, and does not touch what has not changed."""

from datetime import UTC, datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from firebase_admin import auth
from google.cloud.firestore import DELETE_FIELD

from stoker.accounts import cursor, profile, reconcile
from stoker.accounts.account_copy import Account, account_of_record
from stoker.accounts.profile import new_profile
from stoker.accounts.reconcile import reconcile_profiles
from stoker.firestore.memory_documents import MemoryDocuments
from stoker.firestore.writes import Create, Update
from stoker.queries import declared

MADE = datetime(2027, 1, 1, tzinfo=UTC)
PAGE = 3


class NoProfiles:
    """A query for provisional profiles that finds none."""

    def select(self, fields: object) -> "NoProfiles":
        return self

    def limit(self, most: int) -> "NoProfiles":
        return self

    def get(self, **how: object) -> list[Any]:
        return []


class Project:
    """Accounts `u0`, `u1` and so on, their profiles, and what the last reconcile has saved."""

    def __init__(self, accounts: int) -> None:
        ticks = count()
        self.documents = MemoryDocuments(lambda: MADE + timedelta(seconds=next(ticks)))
        self.accounts = [_account(f"u{number}") for number in range(accounts)]
        self.saved: str | None = None

    def list_users(self, page_token: str | None = None, **_: object) -> Any:
        start = int(page_token or 0)
        end = start + PAGE
        return SimpleNamespace(
            users=self.accounts[start:end], next_page_token=str(end) if end < len(self.accounts) else ""
        )

    def save(self, name: str, after: str | None) -> None:
        self.saved = after

    def make(self, account: Account) -> bool:
        self.documents.commit([Create(f"users/{account.user_id}", new_profile(account))])
        return True

    def make_all(self) -> None:
        for one in self.accounts:
            self.make(account_of_record(one))

    def change_all(self, fields: dict[str, Any]) -> None:
        for one in self.accounts:
            self.documents.commit([Update(f"users/{one.uid}", fields)])

    def profiles(self) -> list[dict[str, Any]]:
        found = self.documents.get_all([f"users/{one.uid}" for one in self.accounts])
        return [dict(one.data) for one in found]


def _account(user_id: str) -> Any:
    times = SimpleNamespace(creation_timestamp=1_700_000_000_000)
    known: dict[str, Any] = {"email": f"{user_id}@example.com", "email_verified": False, "display_name": "Ada"}
    more: dict[str, Any] = {"photo_url": None, "custom_claims": None, "provider_data": [], "disabled": False}
    return SimpleNamespace(uid=user_id, user_metadata=times, **known, **more)


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch) -> Project:
    project = Project(2 * PAGE + 1)
    for module in (profile, reconcile):
        monkeypatch.setattr(module, "FirestoreDocuments", lambda: project.documents)
    monkeypatch.setattr(reconcile, "app", lambda: None)
    monkeypatch.setattr(reconcile, "ensure_profile", project.make)
    monkeypatch.setattr(auth, "list_users", project.list_users)
    monkeypatch.setattr(declared, "provisional_profiles", NoProfiles)
    monkeypatch.setattr(cursor, "load", lambda name: project.saved)
    monkeypatch.setattr(cursor, "save", project.save)
    return project


def test_a_reconcile_whose_time_is_over_stops_within_a_page(project: Project) -> None:
    made = []
    for number in range(1, len(project.accounts) + 1):
        made.append(reconcile_profiles(seconds=0).made)
        assert len(project.profiles()) == number
    assert made == [1] * len(project.accounts)
    assert project.saved is None
    done = reconcile_profiles()
    assert (done.made, done.followed) == (0, 0)


def test_a_reconcile_whose_time_is_over_stops_between_profiles_that_follow(project: Project) -> None:
    project.make_all()
    project.change_all({"email": "old@example.com"})
    assert reconcile_profiles(seconds=0).followed == 1
    assert reconcile_profiles().followed == len(project.accounts) - 1
    assert [one["email"] for one in project.profiles()] == [one.email for one in project.accounts]


def test_a_profile_that_can_not_be_looked_after_takes_its_time_too(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_answer(account: Account) -> bool:
        raise TimeoutError("Firestore did not answer.")

    monkeypatch.setattr(reconcile, "ensure_profile", no_answer)
    assert reconcile_profiles(seconds=0).failed == ["u0"]


def test_to_note_what_was_copied_does_not_change_when_a_profile_was_updated(project: Project) -> None:
    project.make_all()
    project.change_all({"fromAccount": DELETE_FIELD})
    before = project.profiles()
    assert reconcile_profiles().followed == len(project.accounts)
    assert project.profiles() == [{**one, "fromAccount": {"displayName": "Ada"}} for one in before]


def test_a_profile_that_follows_says_when_it_was_updated(project: Project) -> None:
    project.make_all()
    before = project.profiles()
    for one in project.accounts:
        one.display_name = "Ada Lovelace"
    reconcile_profiles()
    for old, new in zip(before, project.profiles(), strict=True):
        assert new["displayName"] == "Ada Lovelace"
        assert new["updatedAt"] > old["updatedAt"]
