"""A job's states: after any events in any order, only legal changes have happened, and every job ends."""

import pytest

from engine.jobs_machine import Jobs, run_machines
from engine.stores import QueueInMemory


@pytest.fixture(autouse=True)
def engine() -> None:
    """Each machine makes a store of its own."""


class JobsOnFirestore(Jobs):
    """The same on Firestore."""

    make_engine = QueueInMemory


@pytest.mark.slow
def test_whatever_happens_to_jobs() -> None:
    run_machines(Jobs, tens=6, steps=40)


@pytest.mark.emulator
@pytest.mark.timeout(600)
def test_whatever_happens_to_jobs_on_firestore() -> None:
    run_machines(JobsOnFirestore, tens=1, steps=20)


@pytest.mark.soak
@pytest.mark.emulator
@pytest.mark.timeout(7200)
def test_whatever_happens_to_jobs_on_firestore_for_long() -> None:
    run_machines(JobsOnFirestore, tens=30, steps=60)
