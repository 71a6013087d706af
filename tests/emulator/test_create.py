"""A job that Python code writes starts by itself."""

from pathlib import Path

from stoker.jobs.commands import create_processing_job
from stoker_tools.samples.user import SampleUser


def test_a_job_that_python_wrote_runs(user: SampleUser, clip: Path) -> None:
    source = user.upload(clip, "video/mp4")
    job_id = create_processing_job(user.id, "video-processing", {"source": source, "outputs": [{"kind": "poster"}]})
    assert user.result(job_id)["status"] == "completed"
