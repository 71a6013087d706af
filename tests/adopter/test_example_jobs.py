"""Jobs of the example in an app: pictures go in through the rules, and thumbnails come out."""

from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

import httpx
import pytest
from google.api_core.exceptions import PermissionDenied
from PIL import Image

from stoker_tools.samples.user import SampleUser
from unit.examples.pictures import encoded, picture

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

KIND = "image-processing"
SIZES = {"64x64": (64, 48), "200x200": (200, 150)}
"""The boxes, and the sizes in which a picture of 640 x 480 fits into them."""


def upload(user: SampleUser, folder: Path, name: str, content: bytes, media_type: str) -> str:
    """Upload a picture through the rules; return the object's name."""
    file = folder / name
    file.write_bytes(content)
    return user.upload(file, media_type)


def made_by(user: SampleUser, job: dict[str, Any]) -> dict[str, tuple[str, tuple[int, int]]]:
    """Return the format and the size of each file of a job, by its name. The user downloads them through the rules."""
    found = {}
    for file in job["output"]["files"]:
        assert file["path"].startswith(f"job-outputs/{user.id}/{job['id']}/")
        image = Image.open(BytesIO(user.download(file["path"])))
        assert image.size == (file["width"], file["height"])
        name = PurePosixPath(file["path"])
        found[f"{name.parent.name}/{name.name}"] = (str(image.format), image.size)
    return found


def test_a_jpeg_becomes_thumbnails_as_the_extension_made_them(ada: SampleUser, tmp_path: Path) -> None:
    source = upload(ada, tmp_path, "cat.jpg", encoded(picture(), "JPEG"), "image/jpeg")
    job = ada.result(ada.write_job({"source": source}, type=KIND))
    assert job["status"] == "completed", job
    assert made_by(ada, job) == {f"small/cat_{box}.jpg": ("JPEG", size) for box, size in SIZES.items()}


def test_a_heic_without_a_media_type_becomes_what_browsers_show(ada: SampleUser, tmp_path: Path) -> None:
    source = upload(ada, tmp_path, "cat.HEIC", encoded(picture(), "HEIF"), "application/octet-stream")
    wanted = {"source": source, "sizes": ["64x64", "200x200"], "formats": ["original", "webp", "avif"]}
    job = ada.result(ada.write_job(wanted, type=KIND))
    assert job["status"] == "completed", job
    assert made_by(ada, job) == {
        f"small/cat_{box}.{made.lower()}": (made, size)
        for box, size in SIZES.items()
        for made in ("JPEG", "WEBP", "AVIF")
    }


def test_nobody_else_reads_the_thumbnails(ada: SampleUser, bob: SampleUser, tmp_path: Path) -> None:
    source = upload(ada, tmp_path, "cat.png", encoded(picture(), "PNG"), "image/png")
    job = ada.result(ada.write_job({"source": source, "sizes": ["64x64"]}, type=KIND))
    [file] = job["output"]["files"]
    assert ada.download(file["path"])
    with pytest.raises(httpx.HTTPStatusError, match="403"):
        bob.download(file["path"])
    with pytest.raises(httpx.HTTPStatusError, match="403"):
        ada.upload(tmp_path / "cat.png", "image/png", f"job-outputs/{ada.id}/mine.png")


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"shape": "round"}, {}),
        ({"sizes": "200x200"}, {}),
        ({"sizes": ["9x9"] * 11}, {}),
        ({"quality": "best"}, {}),
        ({"keepMetadata": "yes"}, {}),
        ({"source": 7}, {}),
        ({}, {"type": "image-resizing"}),
        ({}, {"type": "video-processing"}),  # off in stoker.toml
        ({}, {"status": "completed"}),
        ({}, {"output": {"files": []}}),
    ],
)
def test_wrong_jobs_are_refused_by_the_rules(ada: SampleUser, wrong: dict[str, Any], fields: dict[str, Any]) -> None:
    good = {"source": f"user-uploads/{ada.id}/cat.jpg"}
    with pytest.raises(PermissionDenied):
        ada.write_job({**good, **wrong}, **{"type": KIND, **fields})


def test_a_job_of_another_user_is_refused(ada: SampleUser, bob: SampleUser) -> None:
    with pytest.raises(PermissionDenied):
        bob.write_job({"source": f"user-uploads/{ada.id}/cat.jpg"}, type=KIND, userId=ada.id)


@pytest.mark.parametrize(("name", "media_type"), [("cat.svg", "image/svg+xml"), ("cat.html", "text/html")])
def test_files_that_no_worker_takes_are_refused(ada: SampleUser, tmp_path: Path, name: str, media_type: str) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="403"):
        upload(ada, tmp_path, name, b"<svg/>", media_type)
