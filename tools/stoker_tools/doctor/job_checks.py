"""Checks of the jobs: the sweeper runs, no job is stuck, nothing is paused, and the limits of the day hold."""

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from stoker import registry
from stoker.accounts.account_deletion import DELETION
from stoker.firestore.documents import StoredDocument
from stoker.firestore.selection import value_of
from stoker.jobs.ceiling import used_percent
from stoker.models.job import FOUND_BY_STAGE
from stoker.models.problems import problems
from stoker.models.settings import JobSettings
from stoker_tools.cli.text import clean
from stoker_tools.deploy.findings import Finding, Severity
from stoker_tools.doctor.expected import Expected
from stoker_tools.doctor.place import Place

SILENCE = timedelta(minutes=10)
"""The longest time between two sweeps. A sweep begins each minute, and takes 5 minutes at most."""

OVERDUE = timedelta(minutes=15)
"""The time after which a job that is due counts as stuck. The sweeper dispatches such a job again after 10 minutes at
most."""

FAILED_SINCE = timedelta(hours=1)
"""The age of the failures that are reported."""

NEAR = 80
"""The used part of a limit of the day that is reported, in percent."""

RAISE = "Raise projectLimits in adminData/jobs: see docs/fairness.md."


def check_sweep(cursors: Mapping[str, Any], wanted: Expected, place: Place) -> Iterator[Finding]:
    """Yield a finding if the sweeper does not run, or runs another source than that of this checkout.

    Args:
        cursors: The document that each sweep writes; empty if it does not exist.
        wanted: The things that the project should have.
        place: The place that is looked at.
    """
    sweeper = f"{wanted.prefix}sweep_jobs"
    last = cursors.get("updatedAt")
    if not isinstance(last, datetime):
        # A suite that has just started has made no sweep yet.
        severity: Severity = "warning" if place.is_suite else "error"
        message = f"The sweeper ({sweeper}) has never run."
        yield Finding("sweep-never", message, place.log_of(sweeper), severity, (sweeper,))
    elif place.now - last > SILENCE:
        message = f"The last sweep ({sweeper}) ended {_ago(place.now - last)}. There should be a sweep each minute."
        yield Finding("sweep-silent", message, place.log_of(sweeper), names=(sweeper,))
    elif cursors.get("version") != wanted.version:
        ran = clean(cursors.get("version", "an older version"), 20)
        message = f"The functions run another source ({ran}) than that of this checkout ({wanted.version})."
        yield Finding("other-version", message, place.deploy, "warning")


def check_settings(fields: Mapping[str, Any], wanted: Expected, place: Place) -> Iterator[Finding]:
    """Yield a finding for each type that is paused, and if the project's limit of the day is reached.

    Args:
        fields: The document `adminData/jobs`; empty if it does not exist.
        wanted: The things that the project should have.
        place: The place that is looked at.
    """
    try:
        settings = JobSettings.from_firestore(dict(fields))
    except ValidationError as error:
        message = f"adminData/jobs is not valid: {clean('; '.join(problems(error, fields)))}."
        yield Finding("settings-invalid", message, "Correct the document: see docs/fairness.md.")
        return
    for job_type in settings.paused:
        message = f"Jobs of the type {job_type} are paused by an admin."
        yield Finding("type-paused", message, f"scripts/jobs resume {job_type} {place.option}", "warning")
    if settings.stopped_until is not None and settings.stopped_until > place.now:
        message = f"The project has reached its limit of the day: no job begins until {_time(settings.stopped_until)}."
        yield Finding("project-stopped", message, f"{RAISE} Then delete the field stoppedUntil.")


def check_used(used: tuple[int, float], fields: Mapping[str, Any], place: Place) -> Iterator[Finding]:
    """Yield a finding if the project is near its limit of the day.

    Args:
        used: The number of jobs that have ended today, and their work in seconds.
        fields: The document `adminData/jobs`; empty if it does not exist.
        place: The place that is looked at.
    """
    try:
        limits = JobSettings.from_firestore(dict(fields)).project_limits
    except ValidationError:
        return  # `check_settings` reports it.
    percent = used_percent(limits, *used) if limits is not None else 0
    if percent >= NEAR:
        jobs, seconds = used
        message = f"The project has used {percent:.0f} % of a limit of the day ({jobs:,} jobs, {seconds / 3600:.0f} h)."
        yield Finding("project-near-limit", message, RAISE, "warning")


def check_waiting(jobs: Sequence[StoredDocument], wanted: Expected, place: Place) -> Iterator[Finding]:
    """Yield a finding if a job is due for long and no worker has begun it.

    Args:
        jobs: Pending jobs whose `runAfter` came before the longest time that the sweeper may take.
        wanted: The things that the project should have.
        place: The place that is looked at.
    """
    waiting = (job for job in jobs if job.data.get("stage") not in FOUND_BY_STAGE)
    due = [job for job in waiting if not job.data.get("cancelRequested") and place.now - _due_since(job) >= OVERDUE]
    if due:
        oldest = min(due, key=_due_since)
        waited = _span(place.now - _due_since(oldest))
        message = f"{_named(oldest)} has been due for {waited}, and no worker has begun it{_others(due)}."
        queues = {f"{wanted.prefix}{name}" for job in due if (name := _queue(job))}
        yield Finding("job-overdue", message, _show(oldest, place), names=tuple(sorted(queues)))


def check_lapsed(jobs: Sequence[StoredDocument], wanted: Expected, place: Place) -> Iterator[Finding]:
    """Yield a finding if a job's worker has died and the sweeper has not queued the job again.

    Args:
        jobs: Jobs whose lease has lapsed for longer than the sweeper may take.
        wanted: The things that the project should have.
        place: The place that is looked at.
    """
    if jobs:
        first = min(jobs, key=_lapsed_since)
        message = f"The worker of {_named(first, 'the job')} died {_ago(place.now - _lapsed_since(first))}"
        message += f", and the sweeper has not queued the job again{_others(jobs)}."
        yield Finding("lease-lapsed", message, _show(first, place))


def check_failed(jobs: Sequence[StoredDocument], wanted: Expected, place: Place) -> Iterator[Finding]:
    """Yield a finding if jobs have failed within the last hour.

    Args:
        jobs: The newest jobs that have failed.
        wanted: The things that the project should have.
        place: The place that is looked at.
    """
    recent = [job for job in jobs if place.now - _time_of(job, "completedAt") < FAILED_SINCE]
    if recent:
        codes = Counter(clean(job.data.get("errorCode", "no code"), 40) for job in recent)
        listed = ", ".join(f"{code} {count}" for code, count in codes.most_common(5))
        number = "1 job has" if len(recent) == 1 else f"{len(recent)} jobs have"
        message = f"{number} failed within the last hour: {listed}."
        yield Finding("jobs-failed", message, f"scripts/jobs list --status failed {place.option}", "warning")


def _due_since(job: StoredDocument) -> datetime:
    """Return the time since which a worker could have begun a job.

    It is not before the last write: a job that waited for others gets its old time of creation as `runAfter` when it
    is woken, and clients write the field.
    """
    return max(_time_of(job, "runAfter" if job.data.get("runAfter") else "createdAt"), job.update_time)


def _queue(job: StoredDocument) -> str:
    """Return the queue of a job; empty if there is no such type. A client may have written anything."""
    job_type = job.data.get("type")
    if not isinstance(job_type, str) or job_type not in registry.job_types():
        return ""
    deletes_owner = value_of(job.data, "input.operation") == DELETION["operation"]
    return registry.queue_of(job_type, deletes_owner=deletes_owner).name


def _lapsed_since(job: StoredDocument) -> datetime:
    return _time_of(job, "lease.expiresAt")


def _time_of(job: StoredDocument, field: str) -> datetime:
    """Return a time of a job. A client may have written something else into the field."""
    found = value_of(job.data, field)
    return found if isinstance(found, datetime) else job.update_time


def _named(job: StoredDocument, start: str = "The job") -> str:
    return f"{start} {_id(job)} ({clean(job.data.get('type'), 40)}, stage {clean(job.data.get('stage', 'none'), 40)})"


def _id(job: StoredDocument) -> str:
    return clean(job.id, 100)


def _show(job: StoredDocument, place: Place) -> str:
    """Return the command that shows a job. Its id is quoted, because a client has chosen it."""
    return f"scripts/jobs show {shlex.quote(_id(job))} {place.option}"


def _others(jobs: Sequence[StoredDocument]) -> str:
    return f"; at least {len(jobs) - 1} more" if len(jobs) > 1 else ""


def _ago(time: timedelta) -> str:
    return f"{_span(time)} ago"


def _span(time: timedelta) -> str:
    minutes = int(time.total_seconds() // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"
