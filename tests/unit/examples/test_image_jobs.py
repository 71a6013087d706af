"""Jobs of the example in the engine: they end as all other jobs do."""

from collections.abc import Iterator
from typing import Any

import pytest

from engine.driven import DrivenJob
from engine.stores import AllInMemory, own_project
from stoker import EncoderFailed
from stoker.jobs.attempt import run_attempt
from twin.gate.bucket_gate import Bucket
from unit.examples.conftest import imageprocessing
from unit.examples.pictures import encoded, picture


@pytest.fixture(autouse=True)
def engine(stored: Bucket, monkeypatch: pytest.MonkeyPatch) -> Iterator[AllInMemory]:
    """The engine, with documents in memory."""
    made = AllInMemory()
    with own_project(made, monkeypatch):
        yield made


def image_job(**fields: Any) -> DrivenJob:
    return DrivenJob(type="image-processing", input={"source": "user-uploads/ada/cat.jpg", **fields})


def test_a_completed_job_names_its_files(stored: Bucket) -> None:
    stored.put("user-uploads/ada/cat.jpg", encoded(picture(), "JPEG"))
    job = image_job(sizes=["64x64"], formats=["webp"])
    run_attempt(job.id, imageprocessing)
    made = job.data()
    assert (made["status"], made["progress"], made["stage"]) == ("completed", 100, "completed")
    [file] = made["output"]["files"]
    assert file["path"].startswith(f"job-outputs/ada/{job.id}/")
    assert file["path"].endswith("/thumbs/cat_64x64.webp")
    assert file["path"] in stored.objects


def test_a_hostile_file_fails_at_once(stored: Bucket) -> None:
    stored.put("user-uploads/ada/cat.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    job = image_job()
    run_attempt(job.id, imageprocessing)
    made = job.data()
    assert (made["status"], made["errorCode"], made["attempt"]) == ("failed", "unsupported-media", 1)
    assert made["error"].startswith("The picture 'user-uploads/ada/cat.jpg' can't be used: it is no JPEG")


def test_a_child_that_was_killed_is_tried_again(stored: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    import image_worker

    def killed(*_: object, **__: object) -> None:
        raise EncoderFailed("The process was stopped.")

    stored.put("user-uploads/ada/cat.jpg", encoded(picture(), "JPEG"))
    job = image_job()
    with monkeypatch.context() as during:
        during.setattr(image_worker, "run_confined", killed)
        run_attempt(job.id, imageprocessing)
    made = job.data()
    assert (made["status"], made["attempts"][0]["errorCode"]) == ("pending", "encoder-failed")


def test_wrong_input_fails_with_each_problem(stored: Bucket) -> None:
    job = image_job(sizes=["big"], quality=500)
    run_attempt(job.id, imageprocessing)
    made = job.data()
    assert (made["status"], made["errorCode"]) == ("failed", "invalid-job")
    assert "sizes" in made["error"]
    assert "quality" in made["error"]
