"""Jobs that a test waits for."""

from typing import Any

from stoker import config
from stoker.firestore.client import client
from waiting import until


def wait_for_end(job_id: str) -> dict[str, Any]:
    """Wait until a job has ended and its end hook has run. Return the job's fields."""

    def ended() -> dict[str, Any]:
        job = client().collection(config.JOBS).document(job_id).get().to_dict() or {}
        has_ended = job.get("status") in ("completed", "failed", "cancelled") and job.get("endHook") != "due"
        return job if has_ended else {}

    return until(ended, 120, f"{job_id} ends", every=0.2)
