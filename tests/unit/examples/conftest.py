"""The example `image-processing` on the import path, its pictures, and its job on a bucket in memory."""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from stoker import JobContext, JobOutput, job
from stoker.extend.job_type import forget
from stoker.jobs.lease import Lease
from stoker.jobs.progress import Heartbeat
from stoker.jobs.states import JobState
from stoker.logs import JobLog
from stoker.models.job import ProcessingJob
from stoker.storage.outputs import AttemptOutputs
from twin.gate.bucket_gate import Bucket

EXAMPLE = Path(__file__).parents[3] / "examples" / "image-processing"

Process = Callable[..., JobOutput]
"""Runs the job with an input, and returns its output."""


@pytest.fixture(autouse=True)
def example(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Put the example's modules on the import path, as the platform does, and register its type of job."""
    monkeypatch.syspath_prepend(str(EXAMPLE))
    stages = ("downloading", "converting", "uploading")
    job("image-processing", input="image_input:ImageInput", stages=stages, memory_mb=2048)(imageprocessing)
    yield EXAMPLE
    forget("image-processing")
    for name in ("image_input", "image_settings", "image_worker"):
        sys.modules.pop(name, None)


def imageprocessing(context: Any, image: Any) -> Any:
    """Make thumbnails and conversions of a picture."""
    from image_worker import process_image

    return process_image(context, image)


@pytest.fixture
def reported() -> list[tuple[float, str]]:
    """The progress that the job has reported."""
    return []


@pytest.fixture
def context(stored: Bucket, tmp_path: Path, reported: list[tuple[float, str]]) -> JobContext:
    """The context of an attempt at a job of Ada."""
    document = ProcessingJob(
        id="j",
        user_id="ada",
        type="image-processing",
        input={},
        status="processing",
        created_at=datetime(2026, 11, 22, tzinfo=UTC),
    )
    lease = SimpleNamespace(job=SimpleNamespace(document=document), state=JobState("j", type=document.type))
    heartbeat = SimpleNamespace(report=lambda *seen: reported.append(seen), check=lambda: None)
    folder = tmp_path / "workspace"
    folder.mkdir()
    outputs = AttemptOutputs("ada", "j", "1")
    return JobContext(cast(Lease, lease), outputs, cast(Heartbeat, heartbeat), folder, JobLog("j"))


@pytest.fixture
def process(stored: Bucket, context: JobContext) -> Process:
    """Upload a picture as Ada's `cat`, and run the job with an input that may name more."""

    def run(content: bytes, name: str = "cat.jpg", **fields: Any) -> JobOutput:
        from image_input import ImageInput
        from image_worker import process_image

        source = f"user-uploads/ada/{name}"
        stored.put(source, content)
        image = ImageInput.from_firestore({"source": source, **fields})
        return process_image(context, image)

    return run
