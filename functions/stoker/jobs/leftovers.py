"""The removal of leftovers: objects that attempts have uploaded and that the job's output does not name.

They are removed only after the job's end, because a later attempt may use them.
"""

from stoker.jobs.job import path_of
from stoker.jobs.store import store
from stoker.models.job import JobOutput, OutputFile, has_ended


def remove_leftovers(user_id: str, job_id: str) -> None:
    """Remove the leftovers of a job, if the job has ended.

    A late clean-up may find that the job was retried. So it reads the document again after it has listed the objects.
    Objects that a newer attempt uploads later are not on the list.

    Args:
        user_id: The job's owner.
        job_id: The job. Its document may be gone.
    """
    uploaded = store().list_outputs(user_id, job_id)
    if not uploaded:
        return
    found = store().documents.get(path_of(job_id), ["status", "output.files"])
    data = found.data if found is not None else {}
    if found is not None and not has_ended(data.get("status")):
        return
    files = [OutputFile.from_firestore(file) for file in (data.get("output") or {}).get("files", [])]
    published = JobOutput(files=files).paths
    store().delete_outputs([name for name in uploaded if name not in published])
