"""The check of a sign-up's e-mail domain against the admin's settings."""

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
from stoker.models.problems import problems
from stoker.models.settings import SignUpSettings

READ_SECONDS = 1.5
"""The longest time that a sign-up waits for the settings, in seconds, with all tries."""


class CachedSettings:
    """A cache of the sign-up settings, at most `config.SETTINGS_SECONDS` old.

    If Firestore does not answer, or if the stored settings are not valid, the last known settings stay in force.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._settings = SignUpSettings()
        self._read_at = float("-inf")

    def current(self) -> SignUpSettings:
        """Return the settings. Read them again if they are too old."""
        with self._lock:
            if time.monotonic() - self._read_at > config.SETTINGS_SECONDS:
                self._settings = _read(self._settings)
                self._read_at = time.monotonic()
            return self._settings


SHARED_CACHE = CachedSettings()
"""The cache of all sign-ups in this process."""


def check_domain(email: str | None, known: CachedSettings = SHARED_CACHE) -> None:
    """Check that the settings allow sign-ups with an e-mail address.

    Args:
        email: The e-mail address; None for a sign-up without an address, which is always allowed.
        known: The cached settings.

    Raises:
        EmailDomainRefused: The settings block the domain of the address.
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
        JobLog("").error(f"{path} could not be read. The last known settings stay in force.", error)
    except ValidationError as error:
        faults = "; ".join(problems(error, data))
        JobLog("").error(f"{path} is not valid ({faults}). The last known settings stay in force.", error)
    return known


def _disposable() -> set[str]:
    from disposable_email_domains import blocklist  # Imported here because the list is long, and few apps need it.

    listed: set[str] = blocklist
    return listed
