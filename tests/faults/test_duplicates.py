"""Everything that is delivered is delivered up to ten times, at the same time: one run, one result.

One more time in each round, so that the emulator starts its processes one by one: started at the same time, two may be
given the same port.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from faults.faulty_suite import FaultySuite

TIMES = 10


def delivered(deliver: Callable[[str], int], job_id: str, times: int) -> None:
    """Delivers something several times at once."""
    with ThreadPoolExecutor(TIMES) as pool:
        answers = list(pool.map(deliver, [job_id] * times))
    assert all(200 <= answer < 300 for answer in answers), answers


def assert_one_run(faulty: FaultySuite, job: dict[str, Any]) -> None:
    assert (job["status"], job["attempt"]) == ("completed", 1)
    assert len(faulty.notes("run", job["id"])) == 1
    faulty.assert_one_set_of_outputs(job)


def test_a_task_that_is_delivered_ten_times_at_once_runs_once(faulty: FaultySuite, film: Path) -> None:
    source = faulty.upload(film)
    for times in range(1, TIMES + 1):
        # All deliveries have read the job as pending before any of them writes its lease.
        fault = {"drop": True, "together": {"at": "lease", "of": times}}
        job_id = faulty.write_job(source, fault if times == TIMES else {**fault, "worker": "copy"})
        delivered(faulty.deliver_task, job_id, times)
        # A delivery whose write meets another write reads the job again, and is noted again.
        assert len(faulty.notes("met", job_id)) >= times
        assert_one_run(faulty, faulty.result(job_id))
    assert len(faulty.notes("encode", job_id)) == 1
    assert faulty.left == set()


def test_an_event_that_is_delivered_ten_times_at_once_starts_one_run(faulty: FaultySuite, film: Path) -> None:
    source = faulty.upload(film)
    for times in range(1, TIMES + 1):
        fault = {"together": {"at": "enqueue", "of": times}}
        job_id = faulty.write_job(source, fault if times == TIMES else {**fault, "worker": "copy"})
        delivered(faulty.deliver_event, job_id, times - 1)  # besides the trigger's own
        assert_one_run(faulty, faulty.result(job_id))
        assert len(faulty.notes("met", job_id)) == times
        assert len(faulty.notes("task", job_id)) == 1
    assert len(faulty.notes("encode", job_id)) == 1
