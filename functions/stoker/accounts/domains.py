"""Whose e-mail addresses an admin wants no sign-ups with."""

import threading
import time

from pydantic import ValidationError

from stoker import config
from stoker.accounts.domain_names import ascii_form, domain_and_parents
from stoker.errors import EmailDomainRefused
from stoker.firestore.api_errors import TRANSIENT
from stoker.firestore.client import client
from stoker.firestore.deadline import deadline, patience
from stoker.logs import JobLog
from stoker.models.document import problems
from stoker.models.settings import SignUpSettings

READ_SECONDS = 1.5
"""The longest that a sign-up waits for the settings, all tries included."""


class CachedSettings:
    """The settings for sign-ups, at most `config.SETTINGS_SECONDS` old.

    The settings that were known hold while Firestore does not answer, or what is stored is not as it must be.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._settings = SignUpSettings()
        self._read_at = float("-inf")

    def current(self) -> SignUpSettings:
        """Return the settings; reads them if they are too old."""
        with self._lock:
            if time.monotonic() - self._read_at > config.SETTINGS_SECONDS:
                self._settings = _read(self._settings)
                self._read_at = time.monotonic()
            return self._settings


SHARED_CACHE = CachedSettings()
"""Shared by all sign-ups of an instance."""


def check_domain(email: str | None, known: CachedSettings = SHARED_CACHE) -> None:
    """Let an e-mail address pass.

    Args:
        email: Of who signs up; those who have none pass.
        known: The settings to go by.

    Raises:
        EmailDomainRefused: An admin wants no sign-ups from its domain.
    """
    settings = known.current()
    domains = domain_and_parents(email or "")
    if not domains.isdisjoint(map(ascii_form, settings.blocked_domains)):
        raise EmailDomainRefused("This app takes no sign-ups with addresses of this domain. Use another address.")
    if settings.refuse_disposable and not domains.isdisjoint(_disposable()):
        raise EmailDomainRefused("This app takes no sign-ups with disposable addresses. Use one that will last.")


def _read(known: SignUpSettings) -> SignUpSettings:
    path = f"{config.ADMIN_DATA}/{config.SIGN_UP_SETTINGS}"
    data = {}
    try:
        with deadline(READ_SECONDS):
            data = client().document(path).get(**patience(reads=True)).to_dict() or {}
        return SignUpSettings.from_firestore(data)
    except TRANSIENT as error:
        JobLog("").error(f"{path} could not be read; the settings that were known hold.", error)
    except ValidationError as error:
        JobLog("").error(f"{path} is not as it must be ({'; '.join(problems(error, data))}).", error)
    return known


def _disposable() -> set[str]:
    from disposable_email_domains import blocklist  # a long list, for those alone who want it

    listed: set[str] = blocklist
    return listed
