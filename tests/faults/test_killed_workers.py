"""A worker's process is killed, at each point of a job's way: the job completes all the same, once."""

from pathlib import Path
from typing import Any

import pytest

from faults.faulty_suite import FaultySuite
from faults.injection import POINTS
from stoker.storage.client import bucket

Jobs = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def killed(faulty: FaultySuite, film: Path) -> Jobs:
    """A job for each point, side by side: what became of them."""
    bucket().blob("public/film.mp4").upload_from_filename(str(film))
    with faulty.sweeping():
        ids = {
            point: faulty.write_job(
                f"killed-{number}", "public/film.mp4", {"signals": {"1": {"at": point, "signal": "SIGKILL"}}}
            )
            for number, point in enumerate(POINTS)
        }
        return {point: faulty.result(job_id) for point, job_id in ids.items()}
