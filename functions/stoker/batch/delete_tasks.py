"""`delete-tasks`: all of the owner's tasks that a filter finds go."""

from stoker.batch.pages import TasksOfQuery, write_pages
from stoker.firestore.writes import Delete
from stoker.jobs.context import JobContext
from stoker.models.batch import DeleteTasks
from stoker.models.job import BatchOutput
from stoker.queries import declared


def delete_tasks(context: JobContext, batch_input: DeleteTasks) -> BatchOutput:
    """Delete tasks, those that are no proper tasks included: their owner wants them gone.

    Args:
        context: The attempt.
        batch_input: Which tasks.
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
