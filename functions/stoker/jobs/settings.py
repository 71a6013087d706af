"""The settings of the engine, which admins write into `adminData/jobs`."""

from datetime import datetime, timedelta

from pydantic import ValidationError

from stoker import config, registry
from stoker.firestore.api_errors import TRANSIENT
from stoker.jobs.store import store
from stoker.logs import JobLog
from stoker.models.problems import problems
from stoker.models.settings import JobSettings

FIELDS = tuple((field.alias or name, name) for name, field in JobSettings.model_fields.items())
"""The names of the settings, in the document and in Python."""

_known = JobSettings()
_read_at: datetime | None = None


def settings() -> JobSettings:
    """Return the settings, read at most `config.SETTINGS_SECONDS` ago, so that not every job costs a read.

    If the document can't be read, the settings that were read before stay valid, and the log says what is wrong.
    """
    # No lock is needed: two threads that read at the same time read the same settings.
    global _known, _read_at
    now = store().host.now()
    if _read_at is None or not timedelta() <= now - _read_at <= timedelta(seconds=config.SETTINGS_SECONDS):
        _known, _read_at = _read(_known), now
    return _known


def users_are_limited() -> bool:
    """Return whether the number of jobs that a user may run is limited."""
    return settings().user_limits is not None


def stopped_until(now: datetime) -> datetime | None:
    """Return the time before which no job begins; None if jobs may begin.

    Args:
        now: The time, in UTC.
    """
    until = settings().stopped_until
    return until if until is not None and until > now else None


def is_paused(job_type: str) -> bool:
    """Return whether jobs of a type may not begin."""
    return job_type in settings().paused or stopped_until(store().host.now()) is not None


def forget() -> None:
    """Forget the settings, so that the next call reads the document again."""
    global _known, _read_at
    _known, _read_at = JobSettings(), None


def _read(known: JobSettings) -> JobSettings:
    path = f"{config.ADMIN_DATA}/{config.JOB_SETTINGS}"
    try:
        found = store().documents.get(path)
    except TRANSIENT as error:
        JobLog("").error(f"{path} could not be read; the settings that were read before stay valid.", error)
        return known
    data = dict(found.data) if found is not None else {}
    if isinstance(paused := data.get("paused"), list):
        # The app may have had another type. Its name must not lift the pauses of the types that are there.
        unknown = [name for name in paused if isinstance(name, str) and name not in registry.job_types()]
        data["paused"] = [name for name in paused if name not in unknown]
        if unknown:
            JobLog("").warning(f"{path} pauses {', '.join(unknown)}, which no type of job here has as its name.")
    read = JobSettings()
    # Each field is read by itself, so that a mistake in a limit does not lift a pause.
    for field, name in FIELDS:
        try:
            valid = JobSettings.from_firestore({field: data[field]} if field in data else {})
        except ValidationError as error:
            listed = "; ".join(problems(error, data))
            JobLog("").error(f"{path} is not valid ({listed}); the value that was read before stays valid.", error)
            valid = known
        read = read.model_copy(update={name: getattr(valid, name)})
    return read
