"""The operation `run-jobs`: it makes jobs, and ends with the last of them."""

from stoker.batch.bounds import check_jobs
from stoker.jobs.children import ChildJob, Children
from stoker.jobs.context import JobContext
from stoker.models.batch import RunJobs


def run_jobs(context: JobContext, batch_input: RunJobs) -> Children:
    """Return the jobs to make. The engine creates them and waits for their ends.

    Args:
        context: The attempt.
        batch_input: The jobs. A job that is not valid fails alone, when the engine dispatches it.

    Raises:
        InputTooLarge: There are more jobs than a batch may make.
    """
    check_jobs(len(batch_input.jobs))
    return Children([ChildJob(job.type, job.input) for job in batch_input.jobs])
