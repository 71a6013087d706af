"""A worker's process is killed, at each point of a job's way: the job completes all the same, once."""

from pathlib import Path
from typing import Any

import pytest

from faults.faulty_suite import FaultySuite
from faults.injection import POINTS

Jobs = dict[str, dict[str, Any]]


def killed_at(point: str) -> dict[str, str]:
    return {"at": point, "signal": "SIGKILL"}


@pytest.fixture(scope="module")
def killed(faulty: FaultySuite, film: Path) -> Jobs:
    """A job for each point, side by side: what became of them."""
    source = faulty.upload(film)
    with faulty.sweeping():
        ids = {point: faulty.write_job(source, {"signals": {"1": killed_at(point)}}) for point in POINTS}
        return {point: faulty.result(job_id) for point, job_id in ids.items()}


@pytest.mark.parametrize("point", POINTS)
def test_a_job_whose_worker_was_killed_completes(faulty: FaultySuite, killed: Jobs, point: str) -> None:
    job = killed[point]
    assert [note["at"] for note in faulty.notes("signal", job["id"])] == [point]
    assert job["status"] == "completed", job
    faulty.assert_one_set_of_outputs(job)


def test_killed_workers_leave_nothing_in_the_temporary_folder(faulty: FaultySuite, killed: Jobs) -> None:
    assert faulty.left == set()
