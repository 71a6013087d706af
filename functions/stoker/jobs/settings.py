"""What an admin has set for the engine, in `adminData/jobs`."""

import threading
import time

from pydantic import ValidationError

from stoker import config
from stoker.firestore.client import client
from stoker.firestore.errors import TRANSIENT
from stoker.logs import JobLog
from stoker.models.document import problems
from stoker.models.settings import JobSettings

_lock = threading.Lock()
_known = JobSettings()
_read_at = float("-inf")


def settings() -> JobSettings:
    """The settings, at most `config.SETTINGS_SECONDS` old, so that jobs do not each pay for a read.

    A document that can't be read changes nothing: what was known before holds, and the log says what is wrong.
    """
    global _known, _read_at
    with _lock:
        if time.monotonic() - _read_at > config.SETTINGS_SECONDS:
            _known = _read(_known)
            _read_at = time.monotonic()
        return _known


def forget() -> None:
    """Has the next call read the document again."""
    global _known, _read_at
    with _lock:
        _known, _read_at = JobSettings(), float("-inf")


def _read(known: JobSettings) -> JobSettings:
    path = f"{config.ADMIN_DATA}/{config.JOB_SETTINGS}"
    try:
        data = client().document(path).get().to_dict() or {}
    except TRANSIENT as error:
        JobLog("").error(f"{path} could not be read; the settings that were known hold.", error)
        return known
    read = JobSettings()
    # Each by itself: a limit with a slip of the pen must not lift a pause.
    for field in ("paused", "userLimits"):
        try:
            one = JobSettings.from_firestore({field: data[field]} if field in data else {})
        except ValidationError as error:
            listed = "; ".join(problems(error, data))
            JobLog("").error(f"{path} is not as it must be ({listed}); what was known of it holds.", error)
            one = known
        name = "paused" if field == "paused" else "user_limits"
        read = read.model_copy(update={name: getattr(one, name)})
    return read
