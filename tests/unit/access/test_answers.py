"""The answers to failed calls: a client learns what it can mend, and nothing of the inside of the app."""

from typing import Any

import pytest
from firebase_functions.https_fn import CallableRequest, FunctionsErrorCode, HttpsError

from stoker.access import guard
from stoker.access.answers import NOT_SET_UP, https_error
from stoker.access.callables import forget_callable
from stoker.errors import (
    KeyringDamaged,
    PageTokenExpired,
    PageTokenOfAnotherUser,
    PositionTooLong,
    QueryNotDeclared,
    StokerError,
)


@pytest.mark.parametrize("kind", [KeyringDamaged, QueryNotDeclared, PositionTooLong])
def test_an_error_that_the_operator_must_mend_shows_no_internals(kind: type[StokerError]) -> None:
    answer = https_error(kind("serverKeys/keyring: declare it in main.py"))
    assert (answer.code, answer.message) == (FunctionsErrorCode.INTERNAL, NOT_SET_UP)
    assert answer.details == {"code": kind.code}


@pytest.mark.parametrize("kind", [PageTokenExpired, PageTokenOfAnotherUser])
def test_a_client_learns_what_is_wrong_with_its_token(kind: type[StokerError]) -> None:
    answer = https_error(kind("Begin again with the first page."))
    assert (answer.code, answer.message) == (FunctionsErrorCode.INVALID_ARGUMENT, "Begin again with the first page.")


def test_the_log_has_the_reason(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    @guard.guarded(roles=("user",))
    def list_secrets(request: CallableRequest[Any]) -> None:
        raise QueryNotDeclared("No declared query of 'secrets'.")

    monkeypatch.setattr(guard, "check", lambda *_: None)
    try:
        with pytest.raises(HttpsError) as raised:
            list_secrets(CallableRequest(data={}, raw_request=None))  # type: ignore[arg-type] # No request has come.
    finally:
        forget_callable("list_secrets")
    assert raised.value.message == NOT_SET_UP
    assert "No declared query of 'secrets'." in capsys.readouterr().err
