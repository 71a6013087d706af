"""A job that failed or was cancelled gets another chance: from Python, and by a call over HTTP with a real token."""

import hashlib
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from google.cloud import firestore

from emulator.calling import altered, refusal, token_with
from emulator.calling import call as call_function
from engine.driven import ENDED
from stoker import config
from stoker.firestore.client import client
from stoker_tools.rules_lab.identities import unsigned
from stoker_tools.samples.user import PROJECT, SampleUser
from waiting import until


def written(job_id: str, **fields: Any) -> firestore.DocumentReference:
    """A job as it was left, without any function's hearing of it."""
    reference: firestore.DocumentReference = client().collection(config.JOBS).document(job_id)
    job = {**ENDED, "id": reference.id, **fields}
    # The dispatcher leaves a new document alone that has ended.
    reference.set({**job, "status": "failed"})
    if job["status"] != "failed":
        reference.update({"status": job["status"]})
    return reference


# Over HTTP


@pytest.fixture
def stranger() -> SampleUser:
    """Another user, who has signed up as well."""
    return SampleUser.sign_up()


@pytest.fixture
def failed_job(user: SampleUser) -> str:
    """The id of a job of the user's that has failed by itself: its source was not there."""
    job_id = user.write_job({"source": f"user-uploads/{user.id}/clip.mp4", "outputs": [{"kind": "poster"}]})
    assert user.result(job_id)["errorCode"] == "input-not-found"
    return job_id


def call(data: Any, token: str | None) -> httpx.Response:
    """Calls the function as the client SDKs do."""
    return call_function("retryJob", data, token)


def test_the_owner_retries_a_job_and_it_completes(user: SampleUser, failed_job: str, clip: Path) -> None:
    user.upload(clip, "video/mp4")
    answer = call({"jobId": failed_job}, user.token)
    assert (answer.status_code, answer.json()) == (200, {"result": {"jobId": failed_job, "status": "pending"}})
    job = user.result(failed_job)
    assert (job["status"], job["attempt"]) == ("completed", 1)
    assert [attempt["errorCode"] for attempt in job["attempts"]] == ["input-not-found"]
    assert "error" not in job
    assert refusal(call({"jobId": failed_job}, user.token)) == (400, "FAILED_PRECONDITION", "not-retryable")


def test_an_admin_retries_anyones_job(user: SampleUser, stranger: SampleUser, failed_job: str) -> None:
    admin = token_with(stranger, {"role": "admin"})
    assert call({"jobId": failed_job}, admin).status_code == 200
    assert user.result(failed_job)["errorCode"] == "input-not-found"


DELETION = {"type": "batch-operation", "input": {"operation": "delete-user-data"}}


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_a_deletion_is_not_retried_with_an_old_sign_in(user: SampleUser, status: str) -> None:
    job = written(f"deletion-{user.id}", userId=user.id, status=status, **DELETION)
    old = altered(user.token, auth_time=int(time.time()) - 5 * 86_400)
    assert refusal(call({"jobId": job.id}, old)) == (400, "FAILED_PRECONDITION", "recent-sign-in-required")
    assert (job.get().to_dict() or {})["status"] == status


def test_an_admin_does_not_retry_a_deletion_against_the_users_will(user: SampleUser, stranger: SampleUser) -> None:
    job = written(f"deletion-{user.id}", userId=user.id, status="cancelled", **DELETION)
    admin = token_with(stranger, {"role": "admin"})
    assert refusal(call({"jobId": job.id}, admin)) == (403, "PERMISSION_DENIED", "permission-denied")
    assert (job.get().to_dict() or {})["status"] == "cancelled"


def test_the_owner_retries_a_deletion_with_a_fresh_sign_in(user: SampleUser) -> None:
    job = written(f"deletion-{user.id}", userId=user.id, status="cancelled", **DELETION)
    assert call({"jobId": job.id}, user.token).status_code == 200
    assert user.result(job.id)["status"] == "completed"
    until(lambda: (job.get().to_dict() or {})["endHook"] == "account-gone")


def test_a_strangers_job_looks_like_none(user: SampleUser, stranger: SampleUser, failed_job: str) -> None:
    before = client().collection(config.JOBS).document(failed_job).get()
    moderator = token_with(stranger, {"role": "moderator"})
    for token in (stranger.token, moderator):
        answer = call({"jobId": failed_job}, token)
        missing = call({"jobId": "no-such-job"}, token)
        assert refusal(answer) == refusal(missing) == (404, "NOT_FOUND", "job-not-found")
        assert answer.text.replace(failed_job, "ID") == missing.text.replace("no-such-job", "ID")
    assert before.reference.get().update_time == before.update_time


def test_without_a_token_every_call_gets_the_same_refusal(failed_job: str) -> None:
    assert refusal(call({"jobId": failed_job}, None)) == (401, "UNAUTHENTICATED", "unauthenticated")


@pytest.mark.parametrize(
    "token",
    [
        "garbage",
        "a.b.c",
        unsigned({"sub": "ada", "aud": "another-project", "iss": "https://securetoken.google.com/another-project"}),
        unsigned({"aud": PROJECT, "iss": f"https://securetoken.google.com/{PROJECT}"}),
        unsigned({"uid": "ada", "aud": "https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1"}),
    ],
    ids=["garbage", "dots", "another project's", "nobody's", "a custom token"],
)
def test_a_token_that_is_not_the_projects_is_refused(token: str, failed_job: str) -> None:
    status, code, _ = refusal(call({"jobId": failed_job}, token))
    assert (status, code) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize(
    "data",
    [
        None,
        "job",
        5,
        [],
        {},
        {"jobId": None},
        {"jobId": ""},
        {"jobId": 5},
        {"jobId": ["a"]},
        {"jobId": "a", "force": 1},
    ],
    ids=str,
)
def test_arguments_of_another_form_are_named_as_such(user: SampleUser, data: Any) -> None:
    assert refusal(call(data, user.token)) == (400, "INVALID_ARGUMENT", "invalid-argument")


@pytest.mark.parametrize(
    "job_id", ["a/b/c", "../x", "\x00", "x" * 5000, "<b>", "🎬"], ids=lambda job_id: ascii(job_id)[:9]
)
def test_what_can_be_no_id_is_not_found(user: SampleUser, job_id: str) -> None:
    assert refusal(call({"jobId": job_id}, user.token)) == (404, "NOT_FOUND", "job-not-found")


def test_a_job_that_runs_is_left_alone(user: SampleUser) -> None:
    reference = written("runs-" + user.id, userId=user.id, status="processing")
    before = reference.get()
    assert refusal(call({"jobId": reference.id}, user.token)) == (400, "FAILED_PRECONDITION", "not-retryable")
    assert reference.get().update_time == before.update_time


def test_a_job_whose_key_another_job_holds_says_so_and_stays_failed(user: SampleUser) -> None:
    source = {"source": f"user-uploads/{user.id}/missing.mp4"}
    job_id = user.write_job(source, dedupeKey="k")
    user.result(job_id)
    later = {"dedupeKey": "k", "runAfter": datetime.now(UTC) + timedelta(days=1)}
    other = user.write_job(source, **later)
    until(lambda: _holder(user, "k") == other)
    answer = call({"jobId": job_id}, user.token)
    assert refusal(answer) == (400, "FAILED_PRECONDITION", "duplicate")
    assert other in answer.json()["error"]["message"]
    assert user.result(job_id)["status"] == "failed"


def _holder(user: SampleUser, key: str) -> str:
    name = hashlib.sha256(f"{user.id}\0{key}".encode()).hexdigest()
    return str((client().collection(config.JOB_KEYS).document(name).get().to_dict() or {}).get("jobId"))


def test_a_job_that_can_not_run_says_why(user: SampleUser) -> None:
    reference = written("bad-" + user.id, userId=user.id, input={"source": 5})
    answer = call({"jobId": reference.id}, user.token)
    assert refusal(answer) == (400, "FAILED_PRECONDITION", "invalid-job")
    assert "input.source" in answer.json()["error"]["message"]
