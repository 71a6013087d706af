"""The engine in memory and Ada's account, for every test of a deletion."""

from collections.abc import Iterator

import pytest
from firebase_admin import auth

from engine.accounts import Accounts
from engine.driven import Meddled
from engine.stores import AllInMemory, own_project
from stoker.access import departure
from stoker.accounts import account_deletion as deletion
from stoker.jobs.store import store


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[AllInMemory]:
    engine = AllInMemory()
    engine.documents = Meddled(engine.documents)
    with own_project(engine, monkeypatch):
        monkeypatch.setattr(departure, "FirestoreDocuments", lambda: store().documents)
        monkeypatch.setattr(deletion, "confirm_profile", lambda account: None)
        monkeypatch.setattr(deletion, "account_of_record", lambda account: account)
        yield engine


@pytest.fixture
def meddled(engine: AllInMemory) -> Meddled:
    found = engine.documents
    assert isinstance(found, Meddled)
    return found


@pytest.fixture(autouse=True)
def accounts(monkeypatch: pytest.MonkeyPatch) -> Accounts:
    """Accounts in memory, with an account of Ada's."""
    accounts = Accounts()
    accounts.make("ada")
    for name in ("get_user", "update_user", "revoke_refresh_tokens", "delete_user"):
        monkeypatch.setattr(auth, name, getattr(accounts, name))
    return accounts
