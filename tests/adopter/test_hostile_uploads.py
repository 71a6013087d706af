"""Uploads that are made to harm the example's worker: each job ends with a sentence, at its first attempt."""

import struct
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from adopter.own_suite import OwnSuite
from stoker_tools.samples.user import SampleUser
from unit.examples.hostile_pictures import FORMATS, HTML, POSTSCRIPT, SVG, flipped, png
from unit.examples.pictures import encoded, picture

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

TOO_LARGE, CUT_OFF, UNUSABLE = "input-too-large", "truncated-media", "unsupported-media"
FLIPS = 200
A_DAY = 50
"""The files of one user. The rest of more than 100 jobs of a new user would wait for tomorrow."""


def bomb(made: str) -> bytes:
    """Return a small file with more pixels than a worker takes."""
    if made == "GIF":
        frame = encoded(Image.new("P", (60, 60)), "GIF")
        return frame[:6] + struct.pack("<HH", 60_000, 60_000) + frame[10:]
    return encoded(Image.new("1", (7200, 7200)), "TIFF", compression="group4")


def files() -> Mapping[str, tuple[bytes, str]]:
    """Return the content of each file and the code with which its job must fail."""
    noise = Image.effect_noise((200, 200), 80).convert("RGB")
    jpeg, tiff = encoded(noise, "JPEG"), encoded(noise, "TIFF")
    return {
        "bomb.png": (png(100_000, 100_000, 1), TOO_LARGE),
        "bomb.tiff": (bomb("TIFF"), TOO_LARGE),
        "bomb.gif": (bomb("GIF"), TOO_LARGE),
        "half.jpg": (jpeg[: len(jpeg) // 2], CUT_OFF),
        "half.heic": (encoded(noise, "HEIF")[:900], CUT_OFF),
        "header.png": (encoded(noise, "PNG")[:20], CUT_OFF),
        "half.tiff": (tiff[: len(tiff) // 2], CUT_OFF),
        "svg.jpg": (SVG, UNUSABLE),
        "html.png": (HTML, UNUSABLE),
        "script.webp": (POSTSCRIPT, UNUSABLE),
        "zeros.avif": (bytes(500), UNUSABLE),
    }


def results(user: SampleUser, folder: Path, contents: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """Upload files, write a job for each at once, and return the jobs that have ended, by the names of the files."""
    written = {}
    for name, content in contents.items():
        (folder / name).write_bytes(content)
        source = user.upload(folder / name, "application/octet-stream")
        wanted = {"source": source, "sizes": ["100x100"], "formats": ["jpeg", "webp"]}
        written[name] = user.write_job(wanted, type="image-processing")
    return {name: user.result(job_id, 300) for name, job_id in written.items()}


def check_end(name: str, job: Mapping[str, Any]) -> None:
    """Check that a job has failed for good with a sentence about its file."""
    assert (job["status"], job["attempt"]) == ("failed", 1), (name, job)
    assert job["errorCode"] in (TOO_LARGE, CUT_OFF, UNUSABLE), (name, job)
    assert name in job["error"]
    assert job["error"].endswith(".")
    assert "Traceback" not in job["error"]
    assert "output" not in job or not job["output"]["files"]


def test_hostile_files_fail_once_with_a_sentence(ada: SampleUser, tmp_path: Path) -> None:
    made = files()
    jobs = results(ada, tmp_path, {name: content for name, (content, _) in made.items()})
    for name, job in jobs.items():
        check_end(name, job)
    assert {name: job["errorCode"] for name, job in jobs.items()} == {name: code for name, (_, code) in made.items()}


@pytest.mark.parametrize("count", [14, pytest.param(FLIPS, marks=pytest.mark.soak)])
def test_flipped_bits_end_with_a_sentence_or_a_picture(suite: OwnSuite, tmp_path: Path, count: int) -> None:
    wholes = {made: encoded(picture(160, 120), made) for made in FORMATS}
    endings = {"HEIF": "heic"}
    for first in range(0, count, A_DAY):
        contents = {}
        for number in range(first, min(first + A_DAY, count)):
            made = FORMATS[number % len(FORMATS)]
            name = f"flipped-{number}.{endings.get(made, made.lower())}"
            contents[name] = flipped(wholes[made], f"{made}/{number}")
        user = SampleUser.sign_up()
        with suite.sweeping():  # Of many jobs of one owner, some wait for a sweep.
            jobs = results(user, tmp_path, contents)
        for name, job in jobs.items():
            if job["status"] == "completed":
                assert job["attempt"] == 1
                for one in job["output"]["files"]:
                    seen = Image.open(BytesIO(user.download(one["path"])))
                    assert seen.size == (one["width"], one["height"])
            else:
                check_end(name, job)


def test_the_suite_still_works_afterwards(ada: SampleUser, tmp_path: Path) -> None:
    [job] = results(ada, tmp_path, {"good.png": encoded(picture(), "PNG")}).values()
    assert job["status"] == "completed"
