"""The limits of a batch. An admin changes them in `adminData/jobs`."""

from stoker.errors import InputTooLarge
from stoker.jobs.settings import settings


def check_records(count: int, imported: int) -> None:
    """Refuse an import of too many records.

    Args:
        count: The number of records that were found so far.
        imported: The number of these records that are imported already.

    Raises:
        InputTooLarge: The number is greater than the limit of an import.
    """
    limits = settings().user_limits
    if limits is not None and limits.import_records is not None and count > limits.import_records:
        raise InputTooLarge(
            f"The file has more than {limits.import_records:,} records. The first {imported:,} were imported. Put the "
            "rest into other files, and write a job for each."
        )


def check_jobs(count: int) -> None:
    """Refuse a batch that makes too many jobs.

    Args:
        count: The number of jobs.

    Raises:
        InputTooLarge: The number is greater than the limit of a batch.
    """
    limits = settings().user_limits
    if limits is not None and limits.batch_jobs is not None and count > limits.batch_jobs:
        raise InputTooLarge(
            f"A batch may make {limits.batch_jobs:,} jobs, and this batch has {count:,}. Write several batches."
        )
