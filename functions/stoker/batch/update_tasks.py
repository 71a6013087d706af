"""The operation `update-tasks`: it writes the same change into all tasks of the owner that a filter finds."""

from typing import Any

from google.cloud import firestore
from google.cloud.firestore_v1 import DocumentSnapshot
from pydantic import ValidationError

from stoker.batch.failed_tasks import FailedTasks
from stoker.batch.pages import TasksOfQuery, write_pages
from stoker.batch.projects import not_owned
from stoker.errors import InvalidJob
from stoker.firestore.writes import Update
from stoker.jobs.context import JobContext
from stoker.models.batch import TaskChange, UpdateTasks
from stoker.models.job import BatchOutput
from stoker.models.problems import problems
from stoker.models.task import STATUS_TRANSITIONS, Task, TaskStatus, may_become
from stoker.queries import declared


def update_tasks(context: JobContext, batch_input: UpdateTasks) -> BatchOutput:
    """Update the tasks that a filter finds. In a retry of failed items, update the tasks that failed.

    Args:
        context: The attempt.
        batch_input: The filter and the change.

    Raises:
        InvalidJob: The new project is not the owner's.
    """
    change = batch_input.set
    if change.project_id is not None and not_owned(context.user_id, [change.project_id]):
        raise InvalidJob(f"You have no project {change.project_id!r}. Name one of yours, and write a new job.")
    fields = _fields(change)
    where, earlier = batch_input.where, context.earlier_result
    all_of_them = TasksOfQuery(declared.tasks_of(context.user_id, where))
    done = write_pages(
        context,
        FailedTasks(context.user_id, where, earlier) if earlier is not None else all_of_them,
        "updating",
        lambda task: Update(task.reference.path, fields, task.update_time),
        lambda task: _problem(task, change),
        earlier,
    )
    return done.output()


def _fields(change: TaskChange) -> dict[str, Any]:
    removed = change.model_dump(by_alias=True, include=change.removed())
    gone = dict.fromkeys(removed, firestore.DELETE_FIELD)
    return {**change.to_firestore(), **gone, "updatedAt": firestore.SERVER_TIMESTAMP}


def transition_problem(before: TaskStatus, after: TaskStatus) -> str | None:
    """Return a sentence if a task may not change from one status to another; None if it may.

    Args:
        before: The old status.
        after: The new status.

    Example:
        >>> transition_problem("cancelled", "completed")
        "This task is 'cancelled', and can't become 'completed'. Make it 'todo' first."
    """
    if may_become(before, after):
        return None
    steps = " or ".join(repr(step) for step in STATUS_TRANSITIONS[before] if may_become(step, after))
    return f"This task is {before!r}, and can't become {after!r}. Make it {steps} first."


def _problem(snapshot: DocumentSnapshot[Any], change: TaskChange) -> str | None:
    data = snapshot.to_dict() or {}
    try:
        task = Task.from_firestore(data)
    except ValidationError as error:
        return f"This task can't be changed: {'; '.join(problems(error, data))}. Correct it first."
    if task.id != snapshot.id:
        return f"This task can't be changed: id: must repeat the document's id, '{snapshot.id}'. Correct it first."
    return transition_problem(task.status, change.status) if change.status is not None else None
