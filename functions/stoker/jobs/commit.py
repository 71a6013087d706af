"""The commit of a transition: a conditional write of the job's fields, with the other writes of the same commit."""

from datetime import datetime

from google.api_core import exceptions
from google.cloud.firestore import DELETE_FIELD
from google.cloud.firestore_v1.field_path import FieldPath
from pydantic import ValidationError

from stoker import config, features
from stoker.firestore.documents import StoredDocument
from stoker.firestore.fence import Fence
from stoker.firestore.writes import Create, ExtraWrites, Write
from stoker.jobs.effects import RecordEvent, ReleasePlace
from stoker.jobs.events import ChildrenEnded, HeldBack, JobEvent, Paused
from stoker.jobs.limits import release_place
from stoker.jobs.settings import users_are_limited
from stoker.jobs.states import JobState
from stoker.jobs.store import store
from stoker.jobs.transitions import Transition, decide
from stoker.logs import JobLog
from stoker.models.analytics import SERVER_ID, ServerEvent
from stoker.models.job import has_ended

LONG = 1000
"""The number of characters beyond which a field is removed to make room. No job needs a longer field but `input`."""


def commit_transition(
    document: StoredDocument, job: JobState, event: JobEvent, extra: ExtraWrites = (), now: datetime | None = None
) -> Transition:
    """Decide on a transition of a job that no attempt of this process holds, and write it.

    Args:
        document: The job's document as it was read.
        job: The facts about the job.
        event: The event.
        extra: Writes of other documents in the same commit.
        now: The time for which to decide, in UTC; None for the current time.

    Returns:
        The transition. The caller must still perform its effects. Effects that `writes_of` writes are done.

    Raises:
        Conflict: The document has changed since it was read. Nothing was written.
    """
    transition = decide(job, event, now or store().host.now())
    if not transition.fields and not extra:
        return transition
    limited = transition.release is not None and users_are_limited()
    _write(document, transition, [*writes_of(job, transition, limited=limited), *extra])
    if isinstance(event, HeldBack | Paused):
        log_of(job).info("The job has to wait.", stage=transition.fields.get("stage", job.stage))
    if has_ended(transition.state) and not has_ended(job.state) and not isinstance(event, ChildrenEnded):
        code = transition.fields.get("errorCode")
        log_of(job).warning(
            "The job ended without an attempt.", event="job-ended", status=transition.state, errorCode=code
        )
    return transition


def writes_of(job: JobState, transition: Transition, *, limited: bool) -> list[Write]:
    """Return the writes of other documents that belong into the commit of a transition.

    Args:
        job: The facts about the job before the transition.
        transition: The decided transition.
        limited: Whether users are limited. If so, and if the job gives its place back, this is the first write.
    """
    found: list[Write] = []
    for effect in transition.effects:
        match effect:
            case ReleasePlace() if limited and job.user_id is not None:
                worked = transition.fields.get("workSeconds", job.work_seconds) - job.work_seconds
                found.insert(0, release_place(job.user_id, job.id, worked, effect))
            case RecordEvent() if features.has("analytics") and (event := _event(job, effect)) is not None:
                found.append(Create(f"{config.ANALYTICS_EVENTS}/{event.id}", event.to_firestore()))
    return found


def log_of(job: JobState) -> JobLog:
    """Return the log of a job."""
    return JobLog(job.id, jobType=job.type, attempt=job.attempt)


def _write(document: StoredDocument, transition: Transition, extra: ExtraWrites) -> None:
    fence = Fence(store().documents, document)
    try:
        fence.write(transition.fields, extra)
    except exceptions.InvalidArgument:
        if not has_ended(transition.state):
            raise
        # A document of nearly 1 MiB has no room for the error. So the long fields that no job needs are removed.
        fence.write({**_without_long_fields(fence), **transition.fields, "input": {}}, extra)


def _without_long_fields(fence: Fence) -> dict[str, object]:
    try:
        document = fence.look()
    except ValueError:
        return {}  # The document can't be decoded; see `load_job`.
    data = document.data if document is not None else {}
    long = [name for name, value in data.items() if len(str(value)) > LONG]
    return {FieldPath(name).to_api_repr(): DELETE_FIELD for name in long}


def _event(job: JobState, effect: RecordEvent) -> ServerEvent | None:
    try:
        return ServerEvent(
            id=SERVER_ID + store().host.token(),
            user_id=job.user_id,  # type: ignore[arg-type] # None fails the validation, as it must
            name=effect.name,
            properties=dict(effect.properties),
            value=effect.value,
            occurred_at=effect.occurred_at,
            created_at=effect.occurred_at,
            rolled_up=False,
        )
    except ValidationError:
        return None  # The job has ended because its owner or its type is invalid, so that no event can record it.
