"""The process of the example's worker is killed in the middle of a job: the job completes all the same."""

from pathlib import Path

import pytest
from PIL import Image

from adopter.own_suite import OwnSuite
from stoker_tools.samples.user import SampleUser
from unit.examples.pictures import encoded
from waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SECONDS = 200


def test_a_job_whose_worker_is_killed_completes(suite: OwnSuite, ada: SampleUser, tmp_path: Path) -> None:
    file = tmp_path / "field.jpg"
    file.write_bytes(encoded(Image.effect_noise((3000, 2000), 80).convert("RGB"), "JPEG"))
    sizes = [f"{side}x{side}" for side in (2000, 1600, 1200, 100)]
    wanted = {"source": ada.upload(file, "image/jpeg"), "sizes": sizes, "formats": ["webp", "avif"]}
    job_id = ada.write_job(wanted, type="image-processing")
    for job in ada.watch(job_id, SECONDS):
        assert job["status"] in ("pending", "processing"), "the job was too short to be killed"
        if job.get("stage") == "converting" and job["progress"] >= 20:
            break
    killed = suite.workers("imageprocessing")
    assert killed
    for process in killed:
        process.kill()
    with suite.sweeping():
        job = ada.result(job_id, SECONDS)
    assert job["status"] == "completed", job
    assert job["attempt"] > 1
    assert len(job["output"]["files"]) == 2 * len(sizes)
    assert len({one["path"].split("/")[3] for one in job["output"]["files"]}) == 1, "all files are of one attempt"
    until(lambda: not suite.left, 30, "The killed attempt leaves nothing in the memory")
    for one in job["output"]["files"]:
        assert len(ada.download(one["path"])) == one["bytes"]
