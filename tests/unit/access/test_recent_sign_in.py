"""A recent sign-in, as an ID token shows it."""

import time
from typing import Any

import pytest

from stoker.access.recent_sign_in import check_recent_sign_in
from stoker.errors import RecentSignInRequired


def token(seconds: float, provider: str = "password") -> dict[str, Any]:
    """The claims of a user who signed in some seconds ago."""
    return {"auth_time": time.time() - seconds, "firebase": {"sign_in_provider": provider}}


@pytest.mark.parametrize("seconds", [0, 290, -50])
def test_a_sign_in_of_the_last_minutes_is_recent(seconds: float) -> None:
    check_recent_sign_in(token(seconds))


@pytest.mark.parametrize("seconds", [310, 5 * 86_400, -120])
def test_an_older_one_or_one_to_come_is_not(seconds: float) -> None:
    with pytest.raises(RecentSignInRequired):
        check_recent_sign_in(token(seconds))


@pytest.mark.parametrize("claims", [{}, {"auth_time": "now"}, {"auth_time": None}], ids=str)
def test_a_token_without_the_time_is_not(claims: dict[str, Any]) -> None:
    with pytest.raises(RecentSignInRequired):
        check_recent_sign_in(claims)


def test_an_anonymous_user_has_nothing_to_sign_in_with_again() -> None:
    check_recent_sign_in(token(5 * 86_400, "anonymous"))


@pytest.mark.parametrize("firebase", ["anonymous", {"sign_in_provider": ["anonymous"]}, None], ids=str)
def test_an_odd_token_is_not_taken_for_an_anonymous_user(firebase: Any) -> None:
    with pytest.raises(RecentSignInRequired):
        check_recent_sign_in({"firebase": firebase})
