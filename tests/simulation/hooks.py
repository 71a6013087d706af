"""The end hook of the simulation: every type of job has it, and some workers ask for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from unittest import mock

from google.cloud.firestore import Increment

from stoker import registry
from stoker.firestore.writes import Merge
from stoker.jobs.end_hook import EndedJob
from stoker.jobs.store import store

CLOSED = "simulatedHooks"
"""The collection that counts the runs of each job's hook, by the status that the hook has seen."""


def close(job: EndedJob) -> str:
    """Count the run."""
    store().documents.commit([Merge(f"{CLOSED}/{job.id}", {job.status: Increment(1)})])
    return "closed"


@contextmanager
def types_with_hooks() -> Iterator[None]:
    """Give every type of job the hook while the block runs."""
    types = {
        name: replace(registered, end_hook="simulation.hooks:close")
        for name, registered in registry.job_types().items()
    }
    with mock.patch.object(registry, "job_types", return_value=types):
        yield
