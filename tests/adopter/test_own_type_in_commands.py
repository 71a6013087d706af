"""The commands know the own type of an app, on the suite that the app runs."""

import json
from pathlib import Path

import pytest

from adopter.own_suite import OwnSuite
from stoker_tools.samples.user import SampleUser

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

KIND = "image-processing"


@pytest.fixture(scope="module")
def failed(suite: OwnSuite, ada: SampleUser) -> str:
    """A job whose picture is missing."""
    job_id = ada.write_job({"source": f"user-uploads/{ada.id}/nothing.jpg"}, type=KIND)
    assert ada.result(job_id)["errorCode"] == "input-not-found"
    return job_id


def test_jobs_are_listed_and_shown(suite: OwnSuite, failed: str) -> None:
    listed = suite.machine.read("jobs", "list", "--emulator", "--type", KIND)
    assert failed in {job["id"] for job in listed}
    assert {job["type"] for job in listed} == {KIND}
    assert KIND in suite.machine.run("jobs", "list", "--emulator")
    assert "input-not-found" in suite.machine.run("jobs", "show", failed, "--emulator")


def test_a_wrong_input_is_explained(suite: OwnSuite, tmp_path: Path) -> None:
    file = tmp_path / "job.json"
    job = {"id": "job-1", "userId": "ada", "type": KIND, "input": {"source": "user-uploads/ada/cat.jpg", "shape": 1}}
    times = {"status": "pending", "createdAt": {"serverTimestamp": True}}
    file.write_text(json.dumps({**job, **times}))
    assert "shape" in suite.machine.run("explain", str(file), "--as", "ada", code=1)
    file.write_text(json.dumps({**job, "input": {"source": "user-uploads/ada/cat.jpg", "sizes": ["big"]}, **times}))
    assert "sizes" in suite.machine.run("explain", str(file), "--as", "ada")


def test_the_doctor_knows_the_type_and_names_the_cure(suite: OwnSuite, failed: str) -> None:
    suite.sweep()
    suite.machine.run("jobs", "pause", KIND, "--emulator")
    report = suite.machine.read("doctor", "--emulator")
    found = {one["code"]: one for one in report["findings"]}
    assert found["type-paused"]["cure"] == f"stoker jobs resume {KIND} --emulator"
    assert report["unread"] == []
    assert "paused       nothing" in suite.machine.run("jobs", "resume", KIND, "--emulator")
