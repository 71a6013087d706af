"""Many jobs at once, of which some always fail. They end as failed, and delay no other job."""

from datetime import UTC, datetime
from typing import Any

import pytest

from faults.faulty_suite import FaultySuite
from stoker import config
from stoker.firestore.client import client
from waiting import until

POISONOUS = 0.05
ATTEMPTS = 3
DAY = 86_400
"""Seconds that poison waits after its first attempt, unless the test ends the wait."""


@pytest.mark.parametrize("number", [80, pytest.param(1000, marks=[pytest.mark.soak, pytest.mark.timeout(900)])])
def test_poison_fails_and_no_other_job_waits_for_it(faulty: FaultySuite, number: int) -> None:
    name = f"poison-{datetime.now(UTC):%H%M%S%f}"
    poison = [f"{name}-{place}" for place in range(int(number * POISONOUS))]
    good = [f"{name}-{place}" for place in range(len(poison), number)]

    with faulty.sweeping():
        # The poison is written first, so that whatever it held would be held from everyone.
        poisoned = {job_id: {"worker": "poison", "waits": {"1": DAY}} for job_id in poison}
        faulty.write_jobs("public/none", poisoned, maxAttempts=ATTEMPTS)
        until(lambda: all_wait(faulty, poison), 60, "The poison has failed once, and waits")
        faulty.write_jobs("public/none", {job_id: {"worker": "nothing"} for job_id in good})
        done = faulty.results(good, number)
        assert {(job["status"], job["attempt"]) for job in done} == {("completed", 1)}
        assert all_wait(faulty, poison), "the others have completed in the meantime"

        for job_id in poison:
            client().collection(config.JOBS).document(job_id).update({"runAfter": datetime.now(UTC)})
        ended = faulty.results(poison, 120)
    assert {(job["status"], job["errorCode"], job["attempt"]) for job in ended} == {("failed", "unavailable", ATTEMPTS)}
    for job in ended:
        recorded = [(attempt["number"], attempt["errorCode"]) for attempt in job["attempts"]]
        assert recorded == [(number, "unavailable") for number in range(1, ATTEMPTS + 1)]


def all_wait(faulty: FaultySuite, ids: list[str]) -> bool:
    """Return whether every job waits after its first attempt."""
    jobs: list[dict[str, Any]] = [faulty.job(job_id) for job_id in ids]
    return all((job["status"], job.get("attempt")) == ("pending", 1) for job in jobs)
