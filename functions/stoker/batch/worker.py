"""The worker of `batch-operation` jobs."""

from stoker.batch.delete_tasks import delete_tasks
from stoker.batch.delete_user_data import delete_user_data
from stoker.batch.export_user_data import export_user_data
from stoker.batch.import_tasks import import_tasks
from stoker.batch.run_jobs import run_jobs
from stoker.batch.update_tasks import update_tasks
from stoker.jobs.children import Children
from stoker.jobs.context import JobContext
from stoker.models.batch import (
    BatchInput,
    DeleteTasks,
    DeleteUserData,
    ExportUserData,
    ImportTasks,
    RunJobs,
    UpdateTasks,
)
from stoker.models.job import BatchOutput


def process_batch(context: JobContext, batch_input: BatchInput) -> BatchOutput | Children:
    """Run the operation of a batch job.

    Args:
        context: The attempt.
        batch_input: The operation and its arguments.

    Raises:
        PermanentError: The operation can't be done. The message says why.
        Interrupted: As `JobContext.check`.
    """
    match batch_input:
        case RunJobs():
            return run_jobs(context, batch_input)
        case UpdateTasks():
            return update_tasks(context, batch_input)
        case DeleteTasks():
            return delete_tasks(context, batch_input)
        case ImportTasks():
            return import_tasks(context, batch_input)
        case ExportUserData():
            return export_user_data(context)
        case DeleteUserData():
            return delete_user_data(context)
