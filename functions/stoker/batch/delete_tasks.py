"""The operation `delete-tasks`: it deletes all tasks of the owner that a filter finds."""

from stoker.batch.pages import TasksOfQuery, write_pages
from stoker.firestore.writes import Delete
from stoker.jobs.context import JobContext
from stoker.models.batch import DeleteTasks
from stoker.models.job import BatchOutput
from stoker.queries import declared


def delete_tasks(context: JobContext, batch_input: DeleteTasks) -> BatchOutput:
    """Delete the tasks that a filter finds. Documents that are not valid tasks are deleted too.

    Args:
        context: The attempt.
        batch_input: The filter.
    """
    query = declared.tasks_of(context.user_id, batch_input.where).select(["userId"])
    done = write_pages(
        context,
        TasksOfQuery(query),
        "deleting",
        lambda task: Delete(task.reference.path, task.update_time),
        lambda task: None,
    )
    return done.output()
