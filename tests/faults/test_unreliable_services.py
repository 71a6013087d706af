"""A tenth of all calls of Firestore, Storage and Tasks fail; half of these were made all the same."""

import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.faulty_suite import FaultySuite
from faults.folder import UNRELIABLE
from faults.services import KINDS
from faults.workers import COPIES

SHARE = 0.1
MAX_ATTEMPTS = 10
"""An attempt fails in less than one of four cases. A lease write or a final write whose answer is lost costs none.
With 200 jobs, fewer than one run in a thousand has a job that uses up so many attempts."""


@pytest.fixture
def seed(faulty: FaultySuite) -> Iterator[int]:
    """Makes the services unreliable. pytest-randomly's own seed (`-p randomly_seed=N`) repeats this one."""
    seed = random.getrandbits(32)
    file = faulty.temporary / UNRELIABLE
    file.write_text(json.dumps({"seed": seed, "share": SHARE}))
    yield seed
    file.unlink()


@pytest.mark.parametrize("count", [120, pytest.param(200, marks=pytest.mark.soak)])
def test_jobs_end_rightly_while_services_are_unreliable(
    faulty: FaultySuite, tmp_path: Path, seed: int, count: int
) -> None:
    content = f"A small file, {seed}.".encode()
    source = tmp_path / "small.txt"
    source.write_bytes(content)
    ids = [f"unreliable-{seed}-{number}" for number in range(count)]
    with faulty.sweeping():
        faulty.write_jobs(
            faulty.upload(source), {job_id: {"worker": "copy"} for job_id in ids}, maxAttempts=MAX_ATTEMPTS
        )
        jobs = faulty.results(ids, 240)

    label = f"seed {seed}"
    faults = faulty.notes("fault")
    assert {(fault["service"], fault["kind"], fault["made"]) for fault in faults} >= {
        (service, kind, made) for service in ("firestore", "storage") for kind in KINDS for made in (True, False)
    }, label
    assert {(fault["service"], fault["made"]) for fault in faults} >= {("tasks", True), ("tasks", False)}, label
    print(label, Counter(fault["service"] for fault in faults), Counter(job["attempt"] for job in jobs))
    for job in jobs:
        if job["status"] == "failed":
            assert (job["attempt"], len(job["attempts"])) == (MAX_ATTEMPTS, 10), (label, job)
            continue
        assert job["status"] == "completed", (label, job)
        assert not {"lease", "error", "errorCode"} & job.keys(), (label, job)
        assert [Path(file["path"]).name for file in job["output"]["files"]] == list(COPIES), (label, job)
        assert {file["sha256"] for file in job["output"]["files"]} == {hashlib.sha256(content).hexdigest()}, label
        faulty.assert_one_set_of_outputs(job, label)
    assert faulty.left == set(), label
