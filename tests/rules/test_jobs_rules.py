"""processingJobs: the owner writes a pending job, follows it, and may ask for its end. Nothing else."""

import base64
import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from google.api_core.exceptions import PermissionDenied
from google.cloud import firestore

from stoker.firestore.client import client
from stoker_tools.samples.user import SampleUser, UserFirestore

INPUT: dict[str, Any] = {}  # refused by the dispatcher at once, so that nothing runs


@pytest.fixture
def job_id(user: SampleUser) -> str:
    """A job of the user's with the status `processing`."""
    reference = client().collection("processingJobs").document()
    # Written as ended, which the dispatcher leaves alone, and then changed, which it does not hear of.
    job = {"id": reference.id, "userId": user.id, "type": "video-processing", "input": INPUT, "status": "cancelled"}
    reference.set(job)
    reference.update({"status": "processing"})
    return str(reference.id)


@pytest.mark.parametrize(
    "fields",
    [
        {"userId": "someone-else"},
        {"id": "another-id"},
        {"status": "completed"},
        {"status": "processing"},
        {"type": "video-destroying"},
        {"input": "not a map"},
        {"createdAt": datetime(2020, 1, 1, tzinfo=UTC)},
        {"progress": 50},
        {"attempt": 3},
        {"lease": {"token": "mine"}},
        {"output": {"files": []}},
        {"parentId": "another-job"},
        {"cancelRequested": "yes"},
        {"input": {"source": "a" * 1025}},
        {"input": {"source": 5}},
        {"input": {"outputs": [{"kind": "mp4"}] * 11}},
        {"input": {"junk": "x" * 10_000}},
        {"input": {"trim": 5}},
        {"input": {"trim": {"start": 1, "junk": "x" * 10_000}}},
        {"input": {"watermark": {"source": "a.png", "junk": "x"}}},
        {"input": {"captions": "a.vtt"}},
        {"hue": "blue"},
        {"dedupeKey": ""},
        {"dedupeKey": "k" * 129},
        {"dedupeKey": 7},
        {"children": 1},
        {"checkpoint": {}},
        {"runAfter": "tomorrow"},
        {"runAfter": datetime.now(UTC) + timedelta(days=31)},
        {"attempts": []},
        {"expiresAt": datetime(2100, 1, 1, tzinfo=UTC)},
    ],
    ids=lambda fields: str(fields)[:60],
)
def test_a_job_that_is_not_as_it_must_be_can_not_be_written(user: SampleUser, fields: dict[str, Any]) -> None:
    with pytest.raises(PermissionDenied):
        user.write_job(INPUT, **fields)


@pytest.mark.parametrize(
    "batch_input",
    [
        {},
        {"operation": "drop-tables"},
        {"operation": ["run-jobs"]},
        {"operation": "run-jobs", "jobs": [{}] * 101},
        {"operation": "run-jobs", "jobs": "all"},
        {"operation": "update-tasks", "where": "all", "set": {}},
        {"operation": "update-tasks", "where": {str(number): 1 for number in range(7)}},
        {"operation": "update-tasks", "set": {str(number): 1 for number in range(7)}},
        {"operation": "update-tasks", "set": []},
        {"operation": "import-tasks", "source": "a" * 1025},
        {"operation": "import-tasks", "source": 5},
        {"operation": "export-user-data", "userId": "someone-else"},
        {"operation": "run-jobs", "outputs": []},
    ],
    ids=lambda batch_input: str(batch_input)[:60],
)
def test_a_batch_that_is_not_as_it_must_be_can_not_be_written(user: SampleUser, batch_input: dict[str, Any]) -> None:
    with pytest.raises(PermissionDenied):
        user.write_job(batch_input, type="batch-operation")


def test_batches_as_they_must_be_can_be_written(user: SampleUser) -> None:
    later = datetime.now(UTC) + timedelta(days=1)  # so that nothing runs
    for batch_input in (
        {"operation": "run-jobs", "jobs": [{}] * 100},
        {"operation": "update-tasks", "where": {"tag": "a"}, "set": {"status": "todo"}},
        {"operation": "delete-tasks", "where": {"all": True}},
        {"operation": "import-tasks", "source": "a" * 1024},
        {"operation": "export-user-data"},
    ):
        user.write_job(batch_input, type="batch-operation", runAfter=later)


def signed_in_for(user: SampleUser, seconds: int) -> SampleUser:
    """The same user, with a token from a sign-in some time ago, as the emulators take it unsigned."""
    header, claims, _ = user.token.split(".")
    content = json.loads(base64.urlsafe_b64decode(claims + "=="))
    content["auth_time"] = int(time.time()) - seconds
    token = f"{header}.{base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip('=')}."
    return SampleUser(user.id, token, UserFirestore(token))


def test_a_user_who_signed_in_long_ago_can_not_delete_everything(user: SampleUser) -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    for seconds in (310, 86_400):
        with pytest.raises(PermissionDenied):
            signed_in_for(user, seconds).write_job({"operation": "delete-user-data"}, type="batch-operation")
        signed_in_for(user, seconds).write_job(
            {"operation": "export-user-data"}, type="batch-operation", runAfter=later
        )
    signed_in_for(user, 280).write_job({"operation": "delete-user-data"}, type="batch-operation")


def test_nobody_plants_a_deletion_for_later(user: SampleUser) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    with pytest.raises(PermissionDenied):
        user.write_job({"operation": "delete-user-data"}, type="batch-operation", runAfter=later)


@pytest.mark.parametrize("collection", ["processingJobs", "projects", "tasks"])
def test_a_document_that_does_not_exist_is_not_found(user: SampleUser, collection: str) -> None:
    assert not user.firestore.collection(collection).document().get().exists


def test_without_signing_in_nothing_can_be_read_or_written(job_id: str) -> None:
    project = f"http://{os.environ['FIRESTORE_EMULATOR_HOST']}/v1/projects/demo-stoker"
    jobs = f"{project}/databases/(default)/documents/processingJobs"
    for name in (job_id, "none"):
        assert httpx.get(f"{jobs}/{name}").status_code == 403
    assert httpx.get(f"{jobs}?pageSize=10").status_code == 403
    assert httpx.post(jobs, json={"fields": {"status": {"stringValue": "pending"}}}).status_code == 403


@pytest.mark.parametrize("name", ["a" * 129, "a.b", "a\nb", "a b", "ü"], ids=["long", "dot", "newline", "space", "ü"])
def test_an_id_that_is_no_name_for_a_folder_can_not_be_written(user: SampleUser, name: str) -> None:
    job = {"id": name, "userId": user.id, "type": "video-processing", "input": INPUT, "status": "pending"}
    reference = user.firestore.collection("processingJobs").document(name)
    with pytest.raises(PermissionDenied):
        reference.create({**job, "createdAt": firestore.SERVER_TIMESTAMP})


CANCEL = {"cancelRequested": True, "updatedAt": firestore.SERVER_TIMESTAMP}


def test_the_owner_may_ask_for_its_end(user: SampleUser, job_id: str) -> None:
    reference = user.firestore.collection("processingJobs").document(job_id)
    reference.update(CANCEL)
    assert reference.get().get("cancelRequested") is True


@pytest.mark.parametrize(
    "change",
    [
        {**CANCEL, "status": "completed"},
        {**CANCEL, "progress": 100},
        {**CANCEL, "output": {"files": []}},
        {**CANCEL, "userId": "someone-else"},
        {**CANCEL, "input": {"source": "other"}},
        {**CANCEL, "lease": {"token": "mine"}},
        {**CANCEL, "cancelRequested": False},
        {**CANCEL, "updatedAt": datetime(2020, 1, 1, tzinfo=UTC)},
        {"cancelRequested": True},
    ],
    ids=lambda change: "-".join(change),
)
def test_the_owner_can_change_nothing_else(user: SampleUser, job_id: str, change: dict[str, Any]) -> None:
    reference = user.firestore.collection("processingJobs").document(job_id)
    with pytest.raises(PermissionDenied):
        reference.update(change)
    with pytest.raises(PermissionDenied):
        reference.delete()


def test_a_job_may_be_written_for_later(user: SampleUser) -> None:
    job_id = user.write_job(INPUT, runAfter=datetime.now(UTC) + timedelta(days=29))
    assert user.firestore.collection("processingJobs").document(job_id).get().exists


def test_a_job_that_has_ended_can_not_be_cancelled(user: SampleUser, job_id: str) -> None:
    client().collection("processingJobs").document(job_id).update({"status": "completed"})
    with pytest.raises(PermissionDenied):
        user.firestore.collection("processingJobs").document(job_id).update(CANCEL)


Attempt = Callable[[firestore.CollectionReference, str], object]


@pytest.mark.parametrize(
    "attempt",
    [
        lambda jobs, job_id: jobs.document(job_id).get(),
        lambda jobs, job_id: jobs.document(job_id).update(CANCEL),
        lambda jobs, job_id: jobs.document(job_id).delete(),
        lambda jobs, job_id: list(jobs.limit(10).stream()),
    ],
    ids=["get", "cancel", "delete", "list"],
)
def test_a_stranger_can_do_nothing_with_it(job_id: str, attempt: Attempt) -> None:
    with pytest.raises(PermissionDenied):
        attempt(SampleUser.sign_up().firestore.collection("processingJobs"), job_id)


def test_the_owner_lists_own_jobs_within_bounds(user: SampleUser, job_id: str) -> None:
    own = user.firestore.collection("processingJobs").where(filter=firestore.FieldFilter("userId", "==", user.id))
    assert [snapshot.id for snapshot in own.limit(100).stream()] == [job_id]
    for unbounded in (own, own.limit(101)):
        with pytest.raises(PermissionDenied):
            list(unbounded.stream())
