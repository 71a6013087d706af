"""A job whose functions lack a role: it waits or ends, nothing is half done, and the log names the cure."""

import json
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from google.api_core.exceptions import Forbidden, MethodNotImplemented

from emulator.gate.uses import user
from engine.driven import DrivenJob
from stoker import config
from stoker.access import account
from stoker.accounts.roles import set_role
from stoker.errors import Unavailable
from stoker.firestore.client import client
from stoker.jobs.attempt import run_attempt
from stoker.jobs.context import JobContext
from stoker.jobs.dispatch import dispatch
from stoker.jobs.monitor import monitor_job
from stoker.jobs.sweeper import sweep
from stoker.logs import CURE, CURE_OF_RETENTION, JobLog
from stoker.models.job import JobOutput, OutputFile
from stoker.models.video import VideoInput
from stoker.speech.engines.answer_cache import AnswerCache
from stoker.speech.engines.google import Google
from stoker.storage.outputs import delete_objects
from stoker_tools.deploy.needs import ROLES
from twin.gate import Gate

DATASTORE, STORAGE = "roles/datastore.user", "roles/storage.objectAdmin"
ENQUEUER, ACT_AS = "roles/cloudtasks.enqueuer", "roles/iam.serviceAccountUser"
ACCOUNTS = "roles/firebaseauth.admin"


def work(context: JobContext, job_input: VideoInput) -> JobOutput:
    """A worker that makes one small file."""
    file = context.workspace / "poster.jpg"
    file.write_bytes(b"a picture")
    path, sha256 = context.outputs.upload(file, "image/jpeg", context.check)
    return JobOutput(files=[OutputFile(kind="poster", path=path, content_type="image/jpeg", bytes=9, sha256=sha256)])


def cures(capfd: pytest.CaptureFixture[str]) -> list[str]:
    """Return the cures in the log so far."""
    said = capfd.readouterr()
    lines = [json.loads(line) for line in (said.out + said.err).splitlines() if line.startswith("{")]
    return [line["cure"] for line in lines if "cure" in line]


def test_with_all_roles_a_job_is_queued_as_in_production_and_completes(gate: Gate) -> None:
    job = DrivenJob()
    assert dispatch(job.found())
    [task] = gate.queues.tasks.values()
    assert task["httpRequest"]["oidcToken"] == {"serviceAccountEmail": gate.account.email}
    assert task["httpRequest"]["url"] == f"https://{config.REGION}-{gate.project}.cloudfunctions.net/videoprocessing"
    run_attempt(job.id, work)
    assert job.status == "completed"
    assert [file["path"] for file in job.data()["output"]["files"]] == list(gate.bucket.objects)


@pytest.mark.parametrize("role", [ENQUEUER, ACT_AS])
def test_a_job_that_may_not_be_queued_waits_until_the_role_is_back(
    role: str, gate: Gate, capfd: pytest.CaptureFixture[str]
) -> None:
    job = DrivenJob()
    with gate.account.without(role):
        dispatch(job.found())
    assert (job.status, gate.queues.tasks) == ("pending", {})
    assert cures(capfd) == [CURE]
    sweep(datetime.now(UTC) + timedelta(minutes=2))
    assert len(gate.queues.tasks) == 1
    run_attempt(job.id, work)
    assert job.status == "completed"


def test_a_job_whose_queue_has_another_name_waits(gate: Gate, capfd: pytest.CaptureFixture[str]) -> None:
    """A command-line tool does not know the prefix of the queues."""
    gate.queues.queues = {"acme-videoprocessing"}
    job = DrivenJob()
    dispatch(job.found())
    assert (job.status, gate.queues.tasks) == ("pending", {})
    assert cures(capfd) == []


def test_with_a_prefix_a_job_is_put_into_the_queue_that_is_deployed(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate.queues.queues = {"acme-videoprocessing"}
    monkeypatch.setenv("FUNCTION_TARGET", "dispatch_job")
    monkeypatch.setenv("K_SERVICE", "acme-dispatch-job")
    dispatch(DrivenJob().found())
    [task] = gate.queues.tasks.values()
    assert (
        task["httpRequest"]["url"] == f"https://{config.REGION}-{gate.project}.cloudfunctions.net/acme-videoprocessing"
    )


def test_a_job_that_may_not_write_files_is_tried_again(gate: Gate, capfd: pytest.CaptureFixture[str]) -> None:
    job = DrivenJob()
    with gate.account.without(STORAGE):
        run_attempt(job.id, work)
    assert (job.status, gate.bucket.objects) == ("pending", {})
    assert [one["errorCode"] for one in job.data()["attempts"]] == ["internal"]
    assert set(cures(capfd)) == {CURE}
    job.become_due()
    run_attempt(job.id, work)
    assert job.status == "completed"


def test_a_job_that_may_not_write_files_fails_after_its_last_attempt(
    gate: Gate, capfd: pytest.CaptureFixture[str]
) -> None:
    job = DrivenJob(maxAttempts=1)
    # The leftovers can't be removed either, so Cloud Tasks sends the task again.
    with gate.account.without(STORAGE), pytest.raises(Forbidden):
        run_attempt(job.id, work)
    assert (job.status, job.data()["errorCode"]) == ("failed", "internal")
    assert set(cures(capfd)) == {CURE}


def test_files_that_the_bucket_keeps_are_made_but_not_deleted(gate: Gate, capfd: pytest.CaptureFixture[str]) -> None:
    job = DrivenJob()
    gate.bucket.is_retained = True
    run_attempt(job.id, work)
    assert job.status == "completed"
    names = list(gate.bucket.objects)
    with pytest.raises(Forbidden, match="retention policy") as refusal:
        delete_objects(names)
    JobLog(job.id).error("The outputs could not be deleted.", refusal.value)
    assert cures(capfd) == [CURE_OF_RETENTION]
    assert list(gate.bucket.objects) == names


def test_without_firestore_a_job_is_left_as_it_is(gate: Gate, capfd: pytest.CaptureFixture[str]) -> None:
    job = DrivenJob()
    found = job.found()
    with gate.account.without(DATASTORE):
        assert not dispatch(found)
        with pytest.raises(Forbidden):  # Cloud Tasks sends the task again.
            run_attempt(job.id, work)
        with pytest.raises(Forbidden):
            sweep()
    assert job.found() == found
    assert (gate.queues.tasks, gate.bucket.objects) == ({}, {})
    assert set(cures(capfd)) == {CURE}


def test_without_firebase_auth_a_job_goes_on(gate: Gate, capfd: pytest.CaptureFixture[str]) -> None:
    """Nobody must wait for Firebase Auth, so an account that can't be looked up counts as one without a lock."""
    job = DrivenJob()
    account.find("nobody")  # The first call of a process takes longer, and the attempt waits for a second only.
    with gate.account.without(ACCOUNTS):
        run_attempt(job.id, work)
    assert job.status == "completed"
    assert cures(capfd) == [CURE]


def test_without_firebase_auth_no_role_is_set(gate: Gate) -> None:
    uid = user(gate)
    with gate.account.without(ACCOUNTS), pytest.raises(Exception, match="does not have permission"):
        set_role(uid, "admin", by="a test")
    assert account.get(uid).custom_claims is None


def test_speech_needs_no_role_but_the_api(gate: Gate) -> None:
    gate.account.roles.clear()
    with Google(cast(AnswerCache, None), lambda: None, JobLog("test")) as engine:
        assert engine.voices()
        gate.speech.enabled = False
        with pytest.raises(Unavailable, match="may not use Cloud Text-to-Speech"):
            engine.voices()


def test_a_call_that_names_the_project_of_its_quota_needs_one_more_role(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The functions' calls name none, so the account has no role for that."""
    assert "roles/serviceusage.serviceUsageConsumer" not in {role.name for role in ROLES}
    monkeypatch.setenv("GOOGLE_CLOUD_QUOTA_PROJECT", gate.project)
    uid = user(gate)
    with pytest.raises(Exception, match="does not have required permission to use project"):
        account.get(uid)


def test_a_call_of_firestore_that_stoker_does_not_make_is_refused(gate: Gate) -> None:
    with pytest.raises(MethodNotImplemented):
        list(client().collection(config.TASKS).list_documents())
    assert gate.account.unknown == ["/google.firestore.v1.Firestore/ListDocuments"]
    gate.account.unknown.clear()


def test_a_monitor_listens_through_the_gate(gate: Gate) -> None:
    job = DrivenJob()
    with monitor_job(job.id, lambda data: None) as monitor:
        job.update({"status": "completed"})
        assert monitor.wait(timeout=30)["status"] == "completed"
