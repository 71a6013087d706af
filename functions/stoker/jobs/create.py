"""Jobs that Python code with admin rights writes, in a script or in a function of its own."""

from datetime import UTC, datetime
from typing import Any

from google.api_core import exceptions
from google.cloud.firestore import SERVER_TIMESTAMP

from stoker import config
from stoker.errors import JobExists, Unavailable
from stoker.firestore.client import client
from stoker.firestore.errors import TRANSIENT
from stoker.jobs.job import read_job


def create_processing_job(
    user_id: str,
    type: str,
    input: dict[str, Any],
    *,
    job_id: str | None = None,
    run_after: datetime | None = None,
    dedupe_key: str | None = None,
) -> str:
    """Writes a job, the same document as a client writes; it starts by itself.

    Args:
        user_id: The owner: the source must be this user's, and the outputs will be.
        type: Which worker runs it, such as `video-processing`.
        input: What to do, by type, in camelCase as it is stored; for `video-processing`, see `VideoInput`.
        job_id: The document's id, 1 to 128 letters, digits, `-` and `_`; Firestore chooses one where it is left out.
        run_after: Not before this time, which needs a time zone.
        dedupe_key: 1 to 128 characters; see `ProcessingJob`.

    Returns:
        The document's id.

    Raises:
        InvalidJob: It could not run; the message names every problem. Nothing was written.
        UnsupportedType: No worker here does jobs of this type. Nothing was written.
        JobExists: There is a job of this `job_id`, which stays as it is.
        Unavailable: Firestore did not answer.

    Example:
        >>> create_processing_job(
        ...     "ada", "video-processing", {"source": "user-uploads/ada/cat.mov"}
        ... )  # doctest: +SKIP
        'jO4Nfx7HgAfqnLd1Mmd7'
    """
    jobs = client().collection(config.JOBS)
    name = jobs.document().id if job_id is None else job_id
    optional = {"runAfter": run_after, "dedupeKey": dedupe_key}
    job = {
        "id": name,
        "userId": user_id,
        "type": type,
        "input": input,
        "status": "pending",
        **{field: value for field, value in optional.items() if value is not None},
    }
    read_job(name, {**job, "createdAt": datetime.now(UTC)})
    chosen: dict[str, Any] = {} if job_id is None else {"retry": None}
    try:
        jobs.document(name).create({**job, "createdAt": SERVER_TIMESTAMP}, **chosen)
    except exceptions.AlreadyExists:
        # An id that was drawn just now is nobody else's: it is our own write, which the client library sent again
        # because the answer was lost. To a given id it sends one write alone, so that this tells of another job.
        if job_id is not None:
            raise JobExists(f"There is a job {name} already, which stays as it is. Choose another id.") from None
    except TRANSIENT as error:
        raise Unavailable(
            f"Firestore did not answer, so the job {name} may have been written or not. Create it again with "
            f"job_id={name!r}: JobExists tells that it was."
        ) from error
    return name
