"""Jobs that a test waits for."""

import time
from typing import Any

from stoker import config
from stoker.firestore.client import client


def wait_for_end(job_id: str) -> dict[str, Any]:
    until = time.monotonic() + 120
    while True:
        job = client().collection(config.JOBS).document(job_id).get().to_dict() or {}
        if job.get("status") in ("completed", "failed", "cancelled") and job.get("endHook") != "due":
            return job
        assert time.monotonic() < until, job
        time.sleep(0.2)
