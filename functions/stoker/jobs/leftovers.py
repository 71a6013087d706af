"""Objects that attempts have uploaded and that no final write names: they go when the job has ended, not sooner, since
a later attempt may use them."""

from stoker import config
from stoker.firestore.client import client
from stoker.models.job import JobOutput, ProcessingJob, has_ended
from stoker.storage.outputs import AttemptOutputs, remove_outputs


def clean_up_after_end(document: ProcessingJob, output: JobOutput | None) -> None:
    """Removes what is not the job's result.

    Args:
        document: The job, as it was when its last attempt claimed it.
        output: What the final write named; None where the job has no result.
    """
    if document.started_at is None and output is not None:
        return  # There was no other attempt, and this one has published all that it made.
    published = {file.path for file in output.files} if output is not None else set()
    remove_outputs(document.user_id, document.id, published)


def clean_up_after_loss(job_id: str, outputs: AttemptOutputs) -> None:
    """Removes what an attempt has uploaded that lost its job, if that job has ended or is gone.

    While the job is alive, its next attempt may be using these objects, and removes them at its end.

    Args:
        job_id: The job.
        outputs: The attempt's.
    """
    snapshot = client().collection(config.JOBS).document(job_id).get(field_paths=["status", "output.files"])
    data = snapshot.to_dict() or {}
    if snapshot.exists and not has_ended(data.get("status")):
        return
    output = data.get("output") or {}
    outputs.discard({file["path"] for file in output.get("files", [])})
