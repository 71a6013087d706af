"""Owners delete jobs that have ended: a call over HTTP, the real trigger, and real files."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from google.api_core.exceptions import PermissionDenied
from google.cloud import firestore

from emulator.batch import put_file
from emulator.calling import call as call_function
from emulator.calling import refusal, token_with
from engine.driven import ENDED
from stoker import config
from stoker.access import account
from stoker.firestore.client import client
from stoker.storage.client import bucket
from stoker_tools.rules_lab.identities import unsigned
from stoker_tools.samples.user import SampleUser
from stoker_tools.setup.environment import ROOT
from waiting import until


def call(data: Any, token: str | None) -> httpx.Response:
    """Call the function as the client SDKs do."""
    return call_function("deleteJob", data, token)


def files_of(user: SampleUser, job_id: str) -> list[str]:
    return [blob.name for blob in bucket().list_blobs(prefix=f"job-outputs/{user.id}/{job_id}/")]


def document(job_id: str) -> firestore.DocumentReference:
    found: firestore.DocumentReference = client().collection(config.JOBS).document(job_id)
    return found


def written(user: SampleUser, job_id: str, **fields: Any) -> str:
    """A job of a user's as it was left, with a file. No function works on it."""
    job = {**ENDED, "id": job_id, "userId": user.id, **fields}
    # The dispatcher leaves a new document alone that has ended.
    document(job_id).set({**job, "status": "failed"})
    if job["status"] != "failed":
        document(job_id).update({"status": job["status"]})
    put_file(f"job-outputs/{user.id}/{job_id}/1-a/film.mp4", b"film")
    return job_id


@pytest.fixture
def stranger() -> SampleUser:
    """Another user, who has signed up as well."""
    return SampleUser.sign_up()


@pytest.fixture
def made(user: SampleUser, clip: Path) -> str:
    """Return the id of a user's completed job, with a file."""
    source = user.upload(clip, "video/mp4")
    job_id = user.write_job({"source": source, "outputs": [{"kind": "poster"}]})
    until(lambda: document(job_id).get().get("status") == "completed")
    assert len(files_of(user, job_id)) == 1
    return job_id


def test_the_owner_deletes_a_job_and_its_files_are_gone_with_the_answer(user: SampleUser, made: str) -> None:
    user.result(made)  # The app has followed it to its end.
    answer = call({"jobId": made}, user.token)
    assert (answer.status_code, answer.json()) == (200, {"result": {"jobId": made, "status": "deleted"}})
    assert not document(made).get().exists
    assert files_of(user, made) == []
    assert refusal(call({"jobId": made}, user.token)) == (404, "NOT_FOUND", "job-not-found")
    source = bucket().blob(f"user-uploads/{user.id}/clip.mp4")
    assert source.exists()  # the owner's own file is the owner's to delete


def test_whatever_deletes_the_document_its_files_go_too(user: SampleUser, made: str) -> None:
    """As Firestore does by its TTL, which the emulator lacks: it sends the same event."""
    document(made).delete()
    until(lambda: files_of(user, made) == [])


def test_an_admin_deletes_anyones_job(user: SampleUser, stranger: SampleUser) -> None:
    job_id = written(user, f"any-{user.id}", status="completed")
    assert call({"jobId": job_id}, token_with(stranger, {"role": "admin"})).status_code == 200
    assert (document(job_id).get().exists, files_of(user, job_id)) == (False, [])


def test_a_strangers_job_looks_like_none(user: SampleUser, stranger: SampleUser) -> None:
    job_id = written(user, f"mine-{user.id}", status="completed")
    for token in (stranger.token, token_with(stranger, {"role": "moderator"})):
        answer, missing = call({"jobId": job_id}, token), call({"jobId": "no-such-job"}, token)
        assert refusal(answer) == refusal(missing) == (404, "NOT_FOUND", "job-not-found")
        assert answer.text.replace(job_id, "ID") == missing.text.replace("no-such-job", "ID")
    assert document(job_id).get().exists
    assert len(files_of(user, job_id)) == 1


def test_a_job_that_runs_is_refused_with_what_to_do(user: SampleUser) -> None:
    job_id = written(user, f"runs-{user.id}", status="processing")
    answer = call({"jobId": job_id}, user.token)
    assert refusal(answer) == (400, "FAILED_PRECONDITION", "not-deletable")
    assert "Cancel it first" in answer.json()["error"]["message"]
    assert document(job_id).get().exists


@pytest.mark.parametrize("role", ["user", "admin"])
def test_the_record_of_an_accounts_deletion_is_refused(user: SampleUser, stranger: SampleUser, role: str) -> None:
    deletion = {"type": "batch-operation", "input": {"operation": "delete-user-data"}}
    job_id = written(user, f"deletion-{user.id}", status="completed", **deletion)
    token = user.token if role == "user" else token_with(stranger, {"role": "admin"})
    assert refusal(call({"jobId": job_id}, token)) == (400, "FAILED_PRECONDITION", "not-deletable")
    assert document(job_id).get().exists


def test_a_user_whose_account_is_locked_deletes_no_evidence(user: SampleUser) -> None:
    job_id = written(user, f"evidence-{user.id}", status="completed")
    account.lock(user.id)
    assert refusal(call({"jobId": job_id}, user.token)) == (403, "PERMISSION_DENIED", "permission-denied")
    assert document(job_id).get().exists


@pytest.mark.parametrize("token", [None, "garbage", unsigned({"aud": "x"})], ids=["none", "garbage", "nobody's"])
def test_without_a_token_that_counts_nothing_is_deleted(user: SampleUser, token: str | None) -> None:
    job_id = written(user, f"kept-{user.id}", status="completed")
    assert refusal(call({"jobId": job_id}, token))[:2] == (401, "UNAUTHENTICATED")
    assert document(job_id).get().exists


@pytest.mark.parametrize("data", [None, "job", {}, {"jobId": ""}, {"jobId": 5}, {"jobId": "a", "force": 1}], ids=str)
def test_arguments_of_another_form_are_named_as_such(user: SampleUser, data: Any) -> None:
    assert refusal(call(data, user.token)) == (400, "INVALID_ARGUMENT", "invalid-argument")


def test_the_rules_let_no_client_delete_a_document_itself(user: SampleUser) -> None:
    """Its children, and jobs that need its files, could not be looked at."""
    job_id = written(user, f"rules-{user.id}", status="completed")
    with pytest.raises(PermissionDenied):
        user.firestore.collection(config.JOBS).document(job_id).delete()


def test_the_command_deletes_jobs(user: SampleUser) -> None:
    job_id = written(user, f"command-{user.id}", status="completed")
    alive = written(user, f"alive-{user.id}", status="processing")
    command = [str(ROOT / "scripts" / "jobs"), "delete", job_id, alive, "none"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=os.environ)
    assert (done.returncode, done.stdout) == (3, f"{job_id} is deleted.\n")
    assert f"The job {alive} can't be deleted, because it has not ended." in done.stderr
    assert "There is no job none." in done.stderr
    assert (document(job_id).get().exists, files_of(user, job_id)) == (False, [])
    done = subprocess.run([*command[:2], alive, "--json"], capture_output=True, text=True, timeout=120, env=os.environ)
    [result] = json.loads(done.stdout)
    assert (result["id"], result["done"], result["errorCode"]) == (alive, False, "not-deletable")
