"""The facts about an account on which the admission depends."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from stoker.access import account
from stoker.access.standing import standing
from stoker.jobs.fairness import limits_of
from stoker.models.settings import UserLimits

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def record(age: timedelta, **fields: Any) -> SimpleNamespace:
    """An account as Firebase Auth has it: with an e-mail address, unless `fields` name other facts."""
    made = int((NOW - age).timestamp() * 1000)
    whole = {"disabled": False, "email": "ada@example.com", "phone_number": None, "provider_data": ["password"]}
    return SimpleNamespace(**{**whole, **fields, "user_metadata": SimpleNamespace(creation_timestamp=made)})


@pytest.mark.parametrize("nameless", [False, True], ids=["e-mail", "custom token or anonymous"])
@pytest.mark.parametrize(("hours", "is_new"), [(1, True), (23, True), (25, False), (24 * 365, False)])
def test_a_user_is_new_by_the_accounts_age_alone(
    monkeypatch: pytest.MonkeyPatch, nameless: bool, hours: int, is_new: bool
) -> None:
    """An account of a custom token looks as an anonymous one does: no provider, no address, no number."""
    fields: dict[str, Any] = {"email": None, "provider_data": []} if nameless else {}
    monkeypatch.setattr(account, "find", lambda user_id: record(timedelta(hours=hours), **fields))
    limits = UserLimits()
    found = standing("ada")
    assert found is not None
    assert (limits_of(limits, found.created_at, NOW) != limits) == is_new
