"""Batch jobs whose attempts die at each commit and between commits: nothing is done twice, nothing is left out."""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from google.cloud.firestore_v1.base_query import FieldFilter

from emulator.accounts import imported
from emulator.batch import (
    BatchJob,
    documents_that_name,
    figures,
    files_of,
    items,
    put_file,
    task,
    tasks_of,
    write_documents,
    write_everything,
    write_tasks,
)
from emulator.exports import Export
from stoker import config
from stoker.access import account, departure
from stoker.batch import archive, pages
from stoker.batch import delete_user_data as delete_module
from stoker.batch import export_user_data as export_module
from stoker.batch import import_tasks as import_module
from stoker.firestore.client import client
from stoker.firestore.fence import Fence
from stoker.firestore.writes import ExtraWrites, Written
from stoker.jobs.attempt import run_attempt
from stoker.jobs.children import child_id
from stoker.jobs.end_hook import run_end_hook
from stoker.jobs.sweeper import sweep
from stoker.models.job import JobOutput
from stoker.storage.client import bucket

pytestmark = pytest.mark.timeout(600)


class Killed(BaseException):
    """The process was killed. No code of ours runs after this: no final write and no clean-up."""


class Deaths:
    """A counter of the places at which an attempt can die. It kills the attempt at one of them.

    Args:
        at: The number of the place, from 0.
        every: True if all attempts die there, and not only the first.
    """

    def __init__(self, at: int, *, every: bool = False) -> None:
        self.died = False
        self._at, self._every = at, every
        self._passed = 0

    def begin(self) -> None:
        """A new attempt."""
        self._passed = 0

    def place(self) -> None:
        """The attempt dies here, if this is the place."""
        here = self._passed == self._at and (self._every or not self.died)
        self._passed += 1
        if here:
            self.died = True
            raise Killed


Patch = Callable[[pytest.MonkeyPatch, Deaths], None]


def at_commits(patch: pytest.MonkeyPatch, deaths: Deaths) -> None:
    """Before and after each checkpoint and final write."""
    write = Fence.write

    def dies(fence: Fence, fields: Mapping[str, Any], extra: ExtraWrites = ()) -> list[Written]:
        if not {"checkpoint", "completedAt", "children"} & fields.keys():
            return write(fence, fields, extra)
        deaths.place()
        results = write(fence, fields, extra)
        deaths.place()
        return results

    patch.setattr(Fence, "write", dies)


def around(owner: Any, name: str) -> Patch:
    """Before and after each call of a function."""

    def apply(patch: pytest.MonkeyPatch, deaths: Deaths) -> None:
        function = getattr(owner, name)

        def dies(*arguments: Any, **named: Any) -> Any:
            deaths.place()
            result = function(*arguments, **named)
            deaths.place()
            return result

        patch.setattr(owner, name, dies)

    return apply


@contextmanager
def dying(patches: Sequence[Patch], deaths: Deaths) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for one in patches:
            one(patch, deaths)
        yield


def attempts(job: BatchJob, deaths: Deaths, *patches: Patch) -> dict[str, Any]:
    """Makes attempts at a job until one has not died."""
    with dying(patches, deaths):
        for _ in range(20):
            deaths.begin()
            try:
                return job.work()
            except Killed:
                job.lapse()
    raise AssertionError("each of 20 attempts died")


A_SAMPLE = pytest.mark.parametrize("step", [pytest.param(1, marks=pytest.mark.soak), 3])
"""A death at each place of a long job, or at each third place; the first of these places changes with the date."""


def everywhere(scenario: Callable[[Deaths], None], step: int = 1) -> int:
    """Run a scenario with a death at each place, or at each `step`-th; return about how many places there were."""
    for at in itertools.count(datetime.now(UTC).toordinal() % step, step):
        deaths = Deaths(at)
        scenario(deaths)
        if not deaths.died:
            return at
    raise AssertionError


@pytest.fixture(autouse=True)
def _apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "JOBS", "batchFaults")
    monkeypatch.setattr(pages, "PAGE", 3)
    monkeypatch.setattr(import_module, "PAGE", 3)
    monkeypatch.setattr(export_module, "PART_BYTES", 2500)
    monkeypatch.setattr(delete_module, "PAGE", 2)
    monkeypatch.setattr(delete_module, "FILES", 2)


def someone() -> str:
    return f"ada-{uuid4().hex}"


UPDATE = {"operation": "update-tasks", "where": {"category": "home"}, "set": {"status": "completed"}}


def test_tasks_are_updated_once() -> None:
    def scenario(deaths: Deaths) -> None:
        ada = someone()
        write_tasks(ada, 7)
        write_documents("tasks", {f"{ada}-bad": task(f"{ada}-bad", ada, hue="blue")})
        job = BatchJob(ada, UPDATE)
        written: dict[str, Any] = {}

        def note(patch: pytest.MonkeyPatch, deaths: Deaths) -> None:
            lapse = BatchJob.lapse

            def noting(one: BatchJob) -> None:
                written.update({name: data["updatedAt"] for name, data in tasks_of(ada).items()})
                written.update({"done": [name for name, data in tasks_of(ada).items() if data["status"] != "todo"]})
                lapse(one)

            patch.setattr(BatchJob, "lapse", noting)

        data = attempts(job, deaths, at_commits, note)
        assert (data["status"], figures(data["output"]), items(data["output"])) == (
            "completed",
            (8, 7, 1),
            [f"{ada}-bad"],
        )
        after = tasks_of(ada)
        assert sum(one["status"] == "completed" for one in after.values()) == 7
        assert all(after[name]["updatedAt"] == written[name] for name in written.get("done", []))

    assert everywhere(scenario) == 8  # three pages and the end


def test_tasks_are_deleted_once() -> None:
    def scenario(deaths: Deaths) -> None:
        ada = someone()
        write_tasks(ada, 7)
        data = attempts(BatchJob(ada, {"operation": "delete-tasks", "where": {"category": "home"}}), deaths, at_commits)
        assert (data["status"], figures(data["output"]), tasks_of(ada)) == ("completed", (7, 7, 0), {})

    assert everywhere(scenario) == 8


def test_attempts_that_die_after_each_page_come_to_the_end() -> None:
    ada = someone()
    write_tasks(ada, 20)
    deaths = Deaths(1, every=True)
    job = BatchJob(ada, UPDATE)
    with dying([at_commits], deaths):
        for _ in range(7):
            deaths.begin()
            with pytest.raises(Killed):
                job.work()
            job.lapse()
    data = job.work()
    assert (data["status"], data["attempt"], figures(data["output"])) == ("completed", 8, (20, 20, 0))


def test_tasks_are_imported_once() -> None:
    lines = [json.dumps({"title": f"Task {number}"}) for number in range(1, 9)]
    lines[4] = "no task"

    def scenario(deaths: Deaths) -> None:
        ada = someone()
        put_file(f"user-uploads/{ada}/tasks", "\n".join(lines).encode(), "application/x-ndjson")
        job = BatchJob(ada, {"operation": "import-tasks", "source": f"user-uploads/{ada}/tasks"})
        data = attempts(job, deaths, at_commits)
        assert (data["status"], figures(data["output"]), items(data["output"])) == ("completed", (8, 7, 1), ["5"])
        made = tasks_of(ada)
        assert {name: one["title"] for name, one in made.items()} == {
            f"{job.id}-{number}": f"Task {number}" for number in range(1, 9) if number != 5
        }

    assert everywhere(scenario) == 8


@A_SAMPLE
def test_everything_is_exported_once(step: int) -> None:
    ada = someone()
    write_everything(ada, tasks=3)
    files = {name for name in files_of(ada) if "export" not in name}
    documents = {path for path in documents_that_name(ada) if not path.startswith(config.JOB_KEYS)}

    of_ada = FieldFilter("userId", "==", ada)

    def scenario(deaths: Deaths) -> None:
        job = BatchJob(ada, {"operation": "export-user-data"})
        data = attempts(job, deaths, at_commits, around(archive.ArchivePart, "add_document"))
        assert data["status"] == "completed", data.get("error")
        parts = [file["path"] for file in data["output"]["files"]]
        export = Export([bucket().blob(path).download_as_bytes() for path in parts])
        assert export.files.keys() == files
        assert {path for path in export.documents if path != f"batchFaults/{job.id}"} >= documents
        assert data["output"]["total"] == data["output"]["succeeded"] == len(export.documents) + len(files)
        there = {blob.name for blob in bucket().list_blobs(prefix=f"job-outputs/{ada}/{job.id}/")}
        assert there == set(parts)
        # Or they would be in the next export, which would have one more place to die at, for ever.
        job.reference.delete()
        for event in client().collection(config.ANALYTICS_EVENTS).where(filter=of_ada).stream():
            if event.get("name") == "job.completed":
                event.reference.delete()

    assert everywhere(scenario, step) >= 20


@A_SAMPLE
def test_everything_is_deleted_and_counted_once(step: int) -> None:
    # The whole database is read for what is left of them, so once, and for all of them.
    family = someone()
    receipts: set[str] = set()

    def scenario(deaths: Deaths) -> None:
        ada = f"{family}-{len(receipts)}"
        imported(ada)
        write_everything(ada, tasks=3)
        job = BatchJob(ada, {"operation": "delete-user-data"})
        others = (around(delete_module.Deletion, "_remove"), *(around(account, name) for name in ("lock", "delete")))
        data = attempts(job, deaths, at_commits, *others)
        assert data["status"] == "completed", data.get("error")
        assert data["output"]["removed"] == {
            "accounts": 1,
            "batchFaults": 1,
            "tasks": 3,
            "projects": 1,
            "analyticsEvents": 1,
            "jobKeys": 1,
            "users": 1,
            "subcollections": 4,
            "files": 5,
        }
        assert files_of(ada) == set()
        assert account.find(ada) is None
        run_end_hook(job.id)  # if the last attempt died before it did; the sweeper would
        record = departure.find(ada)
        assert record is not None
        receipts.update(f"batchFaults/{name}" for name in (job.id, record.late_job_id))
        receipts.add(departure.path_of(ada))

    assert everywhere(scenario, step) >= 30
    assert documents_that_name(family) == receipts


def test_jobs_are_made_once() -> None:
    one = {"type": "video-processing", "input": {"source": "public/a.mp4"}}

    def scenario(deaths: Deaths) -> None:
        job = BatchJob(someone(), {"operation": "run-jobs", "jobs": [one, one]})
        data = attempts(job, deaths, at_commits)
        assert (data["status"], data["stage"], data["children"]) == ("processing", "running-jobs", 2)
        jobs = client().collection(config.JOBS).where(filter=FieldFilter("parentId", "==", job.id))
        assert {child.id: child.get("status") for child in jobs.stream()} == {
            child_id(job.id, number): "pending" for number in range(2)
        }
        for number in range(2):
            run_attempt(child_id(job.id, number), lambda run, job_input: JobOutput(files=[]))
        assert (job.data()["status"], figures(job.data()["output"])) == ("completed", (2, 2, 0))

    assert everywhere(scenario) == 2


def test_a_batch_whose_last_jobs_death_is_not_heard_of_is_ended_by_the_sweeper() -> None:
    one = {"type": "video-processing", "input": {"source": "public/a.mp4"}}
    job = BatchJob(someone(), {"operation": "run-jobs", "jobs": [one]})
    job.work()
    deaths = Deaths(1)
    with dying([at_commits], deaths), pytest.raises(Killed):
        run_attempt(child_id(job.id, 0), lambda run, job_input: JobOutput(files=[]))
    assert job.data()["status"] == "processing"
    sweep()
    assert (job.data()["status"], figures(job.data()["output"])) == ("completed", (1, 1, 0))
