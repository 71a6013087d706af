"""The ledger of completions: `users/{uid}/completions/{taskId}`. It has at most one completion for each task, and
completions are never removed as long as the user exists."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from google.cloud import firestore
from google.cloud.firestore_v1 import Query
from pydantic import ValidationError

from stoker import config
from stoker.accounts.profile import profile_reference
from stoker.firestore.deadline import patience
from stoker.models.completion import Completion
from stoker.models.document import Model, Timestamp, UserId
from stoker.models.task import Category, Minutes, TaskPriority
from stoker.models.user import LastCompletion
from stoker.progress.xp import xp_of
from stoker.progress.zone import day_of, zone_at, zone_name
from stoker.queries import declared

PAGE = 300

FACTS = ("userId", "status", "priority", "category", "actualDuration", "dueDate", "createdAt", "updatedAt")
"""The fields of a task that its completion depends on."""


class _Facts(Model):
    """The fields of a task that its completion depends on. Other fields may be wrong."""

    user_id: UserId
    priority: TaskPriority = "medium"
    category: Category = "general"
    actual_duration: Minutes | None = None
    due_date: Timestamp | None = None
    created_at: Timestamp | None = None  # Missing only if an admin has written the task without it.
    updated_at: Timestamp


def completion_of(
    task_id: str, task: dict[str, Any], time_zone: object, last: LastCompletion | None = None
) -> Completion | None:
    """Return the completion of a task; None if the task is not completed or not valid.

    Args:
        task_id: The id of the task.
        task: The fields of the task.
        time_zone: The time zone of the user's preferences. An unknown time zone counts as UTC.
        last: The user's last completion; None if there is none.

    Example:
        >>> from datetime import UTC, datetime
        >>> task = {"userId": "ada", "status": "completed", "updatedAt": datetime(2027, 1, 1, tzinfo=UTC)}
        >>> completion_of("spring", task, "UTC").xp
        20
    """
    if task.get("status") != "completed":
        return None
    try:
        facts = _Facts.from_firestore({name: task[name] for name in FACTS if name in task and name != "status"})
        preferred = zone_name(time_zone)
        counts = zone_at(facts.updated_at, preferred, last)
        day = day_of(facts.updated_at, counts)
    except (ValidationError, OverflowError):
        return None  # The rules would have refused this document, so an admin has written it.
    on_time = None if facts.due_date is None else facts.updated_at <= facts.due_date
    return Completion(
        id=task_id,
        user_id=facts.user_id,
        completed_at=facts.updated_at,
        day=day,
        time_zone=counts,
        next_time_zone=preferred,
        priority=facts.priority,
        category=facts.category,
        minutes=facts.actual_duration or 0,
        on_time=on_time,
        xp=xp_of(facts.priority, on_time=bool(on_time)) if _was_open(facts) else 0,
        xp_a_day=config.XP_A_DAY,
    )


def _was_open(facts: _Facts) -> bool:
    since = facts.created_at
    return since is None or facts.updated_at - since >= timedelta(seconds=config.XP_OPEN_SECONDS)


def time_zone_of(profile: dict[str, Any]) -> object:
    """Return the time zone of the user's preferences, or UTC. The value may be no known time zone.

    Args:
        profile: The fields of the profile.
    """
    preferences = profile.get("preferences")
    return preferences.get("timeZone", "UTC") if isinstance(preferences, dict) else "UTC"


def entry(user_id: str, task_id: str) -> firestore.DocumentReference:
    """Return the reference of a task's completion."""
    found: firestore.DocumentReference = profile_reference(user_id).collection(config.COMPLETIONS).document(task_id)
    return found


def entries(user_id: str) -> Iterator[Completion]:
    """Yield all completions of a user, sorted by the ids of the tasks."""
    return map(_completion, pages(declared.completions_of(user_id)))


def waiting(user_id: str, limit: int) -> list[Completion]:
    """Return completions of a user that are not counted yet.

    Args:
        user_id: The uid of the user.
        limit: The most completions to return.
    """
    query = declared.waiting_completions(user_id).limit(limit)
    return [_completion(snapshot) for snapshot in query.get(**patience(reads=True))]


def pages(query: Query, size: int = PAGE) -> Iterator[Any]:
    """Yield the documents that a query finds, reading page by page.

    Args:
        query: A declared query that is sorted by the documents' names.
        size: The number of documents in a page.
    """
    query = query.limit(size)
    page = list(query.get(**patience(reads=True)))
    while page:
        yield from page
        page = list(query.start_after(page[-1]).get(**patience(reads=True))) if len(page) == size else []


def _completion(snapshot: Any) -> Completion:
    return Completion.from_firestore(snapshot.to_dict() or {})
