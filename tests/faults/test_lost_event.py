"""An event that never arrives."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from faults.faulty_suite import FaultySuite
from waiting import until


def test_the_next_sweep_starts_a_job_whose_event_was_lost(faulty: FaultySuite, film: Path) -> None:
    written = datetime.now(UTC) - timedelta(seconds=90)
    job_id = faulty.write_job(faulty.upload(film), {"drop": True}, createdAt=written)
    until(lambda: faulty.notes("event", job_id), 60, "The event comes, and is lost")
    assert faulty.job(job_id)["status"] == "pending"
    assert faulty.notes("task", job_id) == []
    assert faulty.sweep() == 200
    job = faulty.result(job_id)
    assert (job["status"], job["attempt"]) == ("completed", 1)
    faulty.assert_one_set_of_outputs(job)
