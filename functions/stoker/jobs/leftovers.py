"""Objects that attempts have uploaded and that no final write names: they go when the job has ended, not sooner, since
a later attempt may use them."""

from stoker import config
from stoker.firestore.client import client
from stoker.models.job import JobOutput, OutputFile, has_ended
from stoker.storage.outputs import delete_objects, list_objects


def remove_leftovers(user_id: str, job_id: str) -> None:
    """Removes what a job's attempts have uploaded and its result does not name, if the job has ended or is gone.

    Whoever calls it may be late: the job may have been run again meanwhile. So it is the document that decides, and it
    is read after the list was made: what a newer attempt uploads is not on it.

    Args:
        user_id: The job's owner.
        job_id: The job.
    """
    there = list_objects(user_id, job_id)
    if not there:
        return
    snapshot = client().collection(config.JOBS).document(job_id).get(field_paths=["status", "output.files"])
    data = snapshot.to_dict() or {}
    if snapshot.exists and not has_ended(data.get("status")):
        return
    files = [OutputFile.from_firestore(file) for file in (data.get("output") or {}).get("files", [])]
    published = JobOutput(files=files).paths
    delete_objects([name for name in there if name not in published])
