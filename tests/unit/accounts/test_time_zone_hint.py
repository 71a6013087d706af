"""The time zone of a call of `ensureProfile`: a device's zone must not keep its user from a profile."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from engine.accounts import Accounts
from stoker.access import account, departure
from stoker.accounts import calls
from stoker.accounts.account_copy import Account
from stoker.errors import InvalidArgument

Call = Callable[[Any], str | None]


@pytest.fixture
def time_zone_of(monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call `ensureProfile` as Ada; return the time zone with which her profile is made."""
    accounts = Accounts()
    accounts.make("ada")
    made: list[Account] = []

    def make(profile: Account) -> bool:
        made.append(profile)
        return True

    def account_of_record(record: Any) -> Account:
        return Account(record.uid, None, None, None, {}, datetime.now(UTC))

    monkeypatch.setattr(account, "get", accounts.get_user)
    monkeypatch.setattr(departure, "forget_earlier_account", lambda user_id: None)
    monkeypatch.setattr(calls, "account_of_record", account_of_record)
    monkeypatch.setattr(calls, "ensure_profile", make)

    def call(data: Any) -> str | None:
        token = {"exp": datetime.now(UTC).timestamp() + 3600}
        request: Any = SimpleNamespace(data=data, auth=SimpleNamespace(uid="ada", token=token))
        assert calls.call_ensure_profile(request)["created"] is True
        [profile] = made
        return profile.time_zone

    return call


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC", "Etc/GMT+5", "Asia/Calcutta", "America/Argentina/Ushuaia"])
def test_a_zone_of_the_tz_database_is_taken(time_zone_of: Call, zone: str) -> None:
    assert time_zone_of({"timeZone": zone}) == zone


@pytest.mark.parametrize(
    "zone",
    ["Etc/Unknown", "europe/berlin", "Mars/Base", "Factory", "localtime", "posix/UTC", "+05:30", "GMT+5", "", "../x"],
)
def test_a_zone_that_is_not_known_is_left_out_and_logged(
    time_zone_of: Call, zone: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert time_zone_of({"timeZone": zone}) is None
    assert f'"timeZone": "{zone}"' in "".join(capsys.readouterr())


@pytest.mark.parametrize("data", [None, {}, {"timeZone": None}])
def test_a_call_without_a_zone_makes_the_profile(time_zone_of: Call, data: Any) -> None:
    assert time_zone_of(data) is None


@pytest.mark.parametrize("zone", [5, True, ["UTC"], "x" * 65])
def test_a_zone_that_is_no_short_text_is_refused(time_zone_of: Call, zone: Any) -> None:
    with pytest.raises(InvalidArgument):
        time_zone_of({"timeZone": zone})
