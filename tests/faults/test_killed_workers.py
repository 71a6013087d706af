"""A worker's process is killed, at each point of a job's way: the job completes all the same, once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from faults.at_hand import POINTS
from faults.faulty_suite import FaultySuite

pytestmark = pytest.mark.timeout(600)  # the first test waits for all jobs; each kill costs two starts of a process

Jobs = dict[str, dict[str, Any]]


TWICE = ("before the final write", "final write made")
"""The first attempt leaves outputs, and the second has no time to remove them."""

KILLS = {**{point: (point,) for point in POINTS}, "twice": TWICE}
"""The points at which the attempts are killed: the first attempt, and in one case the second too."""

AT_A_TIME = 6
"""More would only wait for the processor: each attempt starts a process."""


@pytest.fixture(scope="module")
def killed(faulty: FaultySuite, film: Path) -> Jobs:
    """A job for each of `KILLS`, some at a time: what became of them."""
    source = faulty.upload(film)

    def run(points: tuple[str, ...]) -> dict[str, Any]:
        return faulty.result(faulty.write_job(source, {"signals": kills(points)}))

    with faulty.sweeping(), ThreadPoolExecutor(AT_A_TIME) as pool:
        return dict(zip(KILLS, pool.map(run, KILLS.values()), strict=True))


def kills(points: tuple[str, ...]) -> dict[str, dict[str, str]]:
    return {str(attempt): {"at": point, "signal": "SIGKILL"} for attempt, point in enumerate(points, 1)}


@pytest.mark.parametrize("name", KILLS)
def test_a_job_whose_worker_was_killed_completes(faulty: FaultySuite, killed: Jobs, name: str) -> None:
    job = killed[name]
    assert tuple(note["at"] for note in faulty.notes("signal", job["id"])) == KILLS[name]
    assert job["status"] == "completed", job
    faulty.assert_one_set_of_outputs(job)


def test_killed_workers_leave_nothing_in_the_temporary_folder(faulty: FaultySuite, killed: Jobs) -> None:
    assert faulty.left == set()
