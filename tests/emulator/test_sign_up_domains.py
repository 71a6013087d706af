"""An admin keeps sign-ups with addresses of some domains out."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from emulator.accounts import (
    profile_of,
    refused_sign_up,
    sign_up,
)
from stoker import config
from stoker.accounts.domains import CachedSettings, check_domain
from stoker.errors import EmailDomainRefused
from stoker.firestore.client import client
from waiting import until


@pytest.fixture
def sign_up_settings() -> Iterator[Callable[..., None]]:
    """Write the settings of sign-ups. The deployed functions read them again after some seconds."""
    reference = client().collection(config.ADMIN_DATA).document(config.SIGN_UP_SETTINGS)

    def write(**fields: Any) -> None:
        reference.set(fields)

    yield write
    reference.delete()


def test_an_admin_keeps_a_domain_out(sign_up_settings: Callable[..., None]) -> None:
    domain = f"{uuid4().hex}.example.com"
    sign_up_settings(blockedDomains=[domain.upper()])

    def refused() -> httpx.Response | None:
        answer = refused_sign_up(f"{uuid4().hex}@mail.{domain}")
        return None if answer.status_code == 200 else answer

    answer = until(refused, 60, "The functions read the settings, which they do every 15 s", every=1)
    assert answer is not None
    message = answer.json()["error"]["message"]
    assert "BLOCKING_FUNCTION_ERROR_RESPONSE" in message
    assert "email-domain-refused" in message
    assert "takes no sign-ups with addresses of this domain" in message
    assert profile_of(sign_up(f"{uuid4().hex}@un{domain}").id)


@pytest.mark.parametrize(
    ("settings", "email", "refused"),
    [
        ({"blockedDomains": ["spam.example"]}, "a@spam.example", True),
        ({"blockedDomains": ["spam.example"]}, "a@A.B.Spam.Example", True),
        ({"blockedDomains": ["spam.example"]}, "spam.example@good.example", False),
        ({"blockedDomains": ["spam.example"]}, "a@notspam.example", False),
        ({"blockedDomains": ["spam.example"]}, None, False),
        ({"blockedDomains": ["bücher.example"]}, "a@XN--BCHER-KVA.example", True),
        ({"blockedDomains": ["xn--bcher-kva.example"]}, "a@BÜCHER。exam\u200bple", True),
        ({"blockedDomains": ["\u200b"]}, None, False),
        ({"blockedDomains": ["spam.example"], "refuseDisposable": False}, "a@mailinator.com", False),
        ({"refuseDisposable": True}, "a@mailinator.com", True),
        ({"refuseDisposable": True}, "a@x.mailinator.com", True),
        ({"refuseDisposable": True}, "a@gmail.com", False),
        ({"blockedDomains": "spam.example"}, "a@spam.example", False),
        ({}, "a@spam.example", False),
    ],
)
def test_a_domain_is_blocked_with_those_below_it(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], email: str | None, refused: bool
) -> None:
    monkeypatch.setattr(config, "SIGN_UP_SETTINGS", name := uuid4().hex)
    client().collection(config.ADMIN_DATA).document(name).set(settings)
    if refused:
        with pytest.raises(EmailDomainRefused):
            check_domain(email, CachedSettings())
    else:
        check_domain(email, CachedSettings())
