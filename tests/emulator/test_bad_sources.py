"""A source that can't be used: the job fails at once, and says which file and why."""

import random
from pathlib import Path

import pytest

from conftest import Ffmpeg
from stoker_tools.samples.user import SampleUser

pytestmark = pytest.mark.usefixtures("nothing_left_in_tmp")


def refused(user: SampleUser, source: str) -> tuple[str, str]:
    """Runs a job on a source that must fail; returns the code and the sentence."""
    job = user.result(user.write_job({"source": source}))
    assert job["status"] == "failed"
    assert job["attempt"] == 1
    assert source in job["error"]
    assert "output" not in job
    assert "/tmp" not in job["error"]
    return job["errorCode"], job["error"]


def uploaded(user: SampleUser, file: Path, content: bytes) -> str:
    file.write_bytes(content)
    return user.upload(file, "video/mp4")


def test_missing(user: SampleUser) -> None:
    code, sentence = refused(user, f"user-uploads/{user.id}/never.mp4")
    assert code == "input-not-found"
    assert "Upload it" in sentence


def test_empty(user: SampleUser, tmp_path: Path) -> None:
    assert refused(user, uploaded(user, tmp_path / "empty.mp4", b""))[0] == "input-empty"


def test_of_another_user(user: SampleUser, clip: Path) -> None:
    theirs = SampleUser.sign_up().upload(clip, "video/mp4")
    assert refused(user, theirs)[0] == "input-forbidden"


@pytest.mark.parametrize(
    "content",
    [
        b"Dear diary, this is not a film.",
        random.Random(1).randbytes(100_000),
        b"#EXTM3U\n#EXTINF:3,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(1000),
    ],
    ids=["text", "noise", "playlist", "ffconcat", "header-alone"],
)
def test_not_a_video(user: SampleUser, tmp_path: Path, content: bytes) -> None:
    assert refused(user, uploaded(user, tmp_path / "film.mp4", content))[0] == "unsupported-media"


def test_sound_alone(user: SampleUser, ffmpeg: Ffmpeg) -> None:
    sound = ffmpeg("sound.m4a", "-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac")
    assert refused(user, user.upload(sound, "audio/mp4"))[0] == "unsupported-media"


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_truncated(user: SampleUser, clip: Path, share: float) -> None:
    content = clip.read_bytes()
    source = uploaded(user, clip, content[: int(len(content) * share)])
    code, sentence = refused(user, source)
    assert code == "truncated-media"
    assert "cut off" in sentence


def test_truncated_before_its_index(user: SampleUser, clip: Path, ffmpeg: Ffmpeg) -> None:
    at_the_end = ffmpeg("late.mp4", "-i", str(clip), "-c", "copy")
    content = at_the_end.read_bytes()
    code, _ = refused(user, uploaded(user, at_the_end, content[: len(content) // 2]))
    assert code == "unsupported-media"
