"""`run-jobs`: many jobs as one, which ends with the last of them."""

from stoker.batch.bounds import check_jobs
from stoker.jobs.children import ChildJob, Children
from stoker.jobs.context import JobContext
from stoker.models.batch import RunJobs


def run_jobs(context: JobContext, batch_input: RunJobs) -> Children:
    """Say which jobs to make; the engine makes them and looks after them.

    Args:
        context: The attempt.
        batch_input: The jobs. What is wrong with one is found when it arrives, and fails it alone.

    Raises:
        InputTooLarge: There are more than a batch may make.
    """
    check_jobs(len(batch_input.jobs))
    return Children([ChildJob(job.type, job.input) for job in batch_input.jobs])
