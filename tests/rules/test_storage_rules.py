"""Storage: users bring films and sounds to their own folder, and read what their jobs have made."""

from pathlib import Path

import httpx
import pytest

from development.user import User


def test_the_owner_uploads_and_reads_back(user: User, clip: Path) -> None:
    assert user.download(user.upload(clip, "video/mp4")) == clip.read_bytes()


@pytest.mark.parametrize("content_type", ["text/csv", "application/x-ndjson", "application/json"])
def test_lists_may_be_uploaded_up_to_their_bound(user: User, tmp_path: Path, content_type: str) -> None:
    file = tmp_path / "tasks"
    file.write_bytes(b"title")
    assert user.download(user.upload(file, content_type)) == b"title"
    with file.open("ab") as content:
        content.truncate(100 * 1024**2 + 1)
    with pytest.raises(httpx.HTTPStatusError, match="403"):
        user.upload(file, content_type)


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("user-uploads/someone-else/clip.mp4", "video/mp4"),
        ("job-outputs/{id}/job/1/clip.mp4", "video/mp4"),
        ("public/clip.mp4", "video/mp4"),
        ("clip.mp4", "video/mp4"),
        ("user-uploads/{id}/page.html", "text/html"),
        ("user-uploads/{id}/page.html", "text/csv+html"),
        ("user-uploads/{id}/list.zip", "application/zip"),
        ("user-uploads/someone-else/tasks.csv", "text/csv"),
        ("user-uploads/{id}/program", "application/octet-stream"),
        ("user-uploads/{id}/drawing.svg", "image/svg+xml"),
        ("user-uploads/{id}/words.txt", "text/plain"),
    ],
)
def test_what_may_not_be_uploaded(user: User, clip: Path, name: str, content_type: str) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="403"):
        user.upload(clip, content_type, name.format(id=user.id))


@pytest.mark.parametrize(("content_type", "most"), [("image/png", 10 * 1024**2), ("text/vtt", 2 * 1024**2)])
def test_watermarks_and_captions_may_be_as_large_as_a_worker_takes_them(
    user: User, tmp_path: Path, content_type: str, most: int
) -> None:
    file = tmp_path / "file"
    file.write_bytes(bytes(most))
    user.upload(file, content_type)
    file.write_bytes(bytes(most + 1))
    with pytest.raises(httpx.HTTPStatusError, match="403"):
        user.upload(file, content_type)


def test_a_stranger_reads_nothing(user: User, clip: Path) -> None:
    name = user.upload(clip, "video/mp4")
    with pytest.raises(httpx.HTTPStatusError, match="403"):
        User.sign_up().download(name)
