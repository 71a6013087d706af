"""`delete-tasks`: all of the owner's tasks that a filter finds go."""

from stoker.batch.pages import through_pages, unchanged
from stoker.jobs.run import JobRun
from stoker.models.batch import DeleteTasks
from stoker.models.job import BatchOutput
from stoker.queries import declared


def delete_tasks(run: JobRun, batch_input: DeleteTasks) -> BatchOutput:
    """Deletes tasks, those that are no proper tasks included: their owner wants them gone.

    Args:
        run: The attempt.
        batch_input: Which tasks.
    """
    query = declared.tasks_of(run.user_id, batch_input.where).select(["userId"])
    done = through_pages(
        run,
        query,
        "deleting",
        lambda batch, task: batch.delete(task.reference, option=unchanged(task)),
        lambda task: None,
    )
    return done.output()
