"""An app guards its own callable functions with rights that are data."""

import time
from typing import Any

import pytest
from firebase_functions.https_fn import AuthData, CallableRequest, HttpsError

import stoker
from stoker.access import rate
from stoker.access.callables import callables
from stoker.access.guard import guarded
from stoker.access.policies import CALLABLES
from stoker.access.policy import CallPolicy
from stoker.registry import RegistrationError


def closeShop(request: CallableRequest[Any]) -> dict[str, bool]:  # noqa: N802 - clients call it by this name
    """Close the shop."""
    return {"closed": True}


def call_of(role: str | None) -> CallableRequest[Any]:
    """Return the call of a user with a role; None for a call without a token."""
    token = {"exp": time.time() + 60, "role": role}
    auth = AuthData("ada", token) if role is not None else None
    return CallableRequest(data={}, raw_request=None, auth=auth)  # type: ignore[arg-type]  # It is not read.


def test_its_rights_are_listed_after_those_of_stoker() -> None:
    guarded(roles=("moderator", "admin"), calls_per_minute=10, app_check=True)(closeShop)
    assert list(callables()) == [*CALLABLES, "closeShop"]
    assert callables()["closeShop"] == CallPolicy(
        signed_in=True, roles=("moderator", "admin"), permissions=(), app_check=True, calls_per_minute=10
    )


def test_only_the_named_roles_may_call_it(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[tuple[str, str, int]] = []
    monkeypatch.setattr(rate, "count_call", lambda *call: counted.append(call))
    shut = guarded(roles=("admin",), calls_per_minute=10)(closeShop)
    assert shut(call_of("admin")) == {"closed": True}
    for role, code in (("user", "permission-denied"), ("moderator", "permission-denied"), (None, "unauthenticated")):
        with pytest.raises(HttpsError) as raised:
            shut(call_of(role))
        assert raised.value.code.value == code
    assert counted == [("ada", "closeShop", 10)]


def test_app_check_is_needed_if_it_is_asked_for() -> None:
    with pytest.raises(HttpsError) as raised:
        guarded(app_check=True)(closeShop)(call_of("admin"))
    assert "App Check" in raised.value.message


def test_a_function_without_rights_is_refused_at_its_definition() -> None:
    with pytest.raises(RegistrationError, match=r"closeShop has no rights\. Name the callers: @guarded\(roles="):
        guarded(closeShop)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"roles": ()}, "Name some of user, moderator, admin, each once"),
        ({"roles": ("owner",)}, "roles=('owner',)"),
        ({"roles": ("admin", "admin")}, "each once"),
        ({"calls_per_minute": 0}, "Choose 1 to 600"),
        ({"calls_per_minute": 601}, "Choose 1 to 600"),
        ({"calls_per_minute": True}, "Choose 1 to 600"),
        ({"calls_per_minute": None}, "Choose 1 to 600"),
        ({"app_check": "no"}, "Choose True or False"),
    ],
)
def test_wrong_rights_are_refused_at_the_definition(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RegistrationError) as raised:
        guarded(**options)(closeShop)
    assert sentence in str(raised.value)
    assert "closeShop" not in callables()


def test_no_two_functions_have_a_name() -> None:
    guarded()(closeShop)
    with pytest.raises(RegistrationError, match="closeShop is guarded twice"):
        guarded()(closeShop)

    def setRole(request: object) -> None:  # noqa: N802 - a name of Stoker
        """Take the name of a function of Stoker."""

    with pytest.raises(RegistrationError, match="Rename the function setRole"):
        stoker.guarded(roles=("user",))(setRole)
    assert callables()["setRole"].roles == ("admin",)
