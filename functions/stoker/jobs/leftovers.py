"""Objects that attempts have uploaded and that no final write names: they go when the job has ended, not sooner, since
a later attempt may use them."""

from stoker import config
from stoker.firestore.client import client
from stoker.models.job import ENDED, JobOutput, OutputFile, ProcessingJob
from stoker.storage.outputs import AttemptOutputs, remove_outputs


def clean_up_after_end(document: ProcessingJob, output: JobOutput | None) -> None:
    """Removes what is not the job's result.

    Args:
        document: The job, as it was when its last attempt claimed it.
        output: What the final write named; None where the job has no result.
    """
    if document.started_at is None and output is not None:
        return  # There was no other attempt, and this one has published all that it made.
    remove_outputs(document.user_id, document.id, output.paths if output is not None else ())


def clean_up_after_loss(job_id: str, outputs: AttemptOutputs) -> None:
    """Removes what an attempt has uploaded that lost its job, if that job has ended or is gone.

    While the job is alive, its next attempt may be using these objects, and removes them at its end.

    Args:
        job_id: The job.
        outputs: The attempt's.
    """
    snapshot = client().collection(config.JOBS).document(job_id).get(field_paths=["status", "output.files"])
    data = snapshot.to_dict() or {}
    if snapshot.exists and data.get("status") not in ENDED:
        return
    files = [OutputFile.from_firestore(file) for file in (data.get("output") or {}).get("files", [])]
    outputs.discard(JobOutput(files=files).paths)
