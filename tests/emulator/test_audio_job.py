"""A user writes a text, and gets speech that plays, with captions that match it."""

from typing import Any

import pytest

from development.user import User

TEXT = "Dr. Ada came at 3 p.m. on Monday. It cost $1,234.50, didn't it? Nobody knew.\n\nThen it was over."


def write(user: User, text: str = TEXT, **options: Any) -> str:
    return user.write_job({"text": text, **options}, type="audio-generation")


@pytest.mark.usefixtures("nothing_left_in_tmp")
def test_a_text_becomes_speech(user: User) -> None:
    seen = list(user.watch(write(user)))
    job = seen[-1]
    assert job["status"] == "completed", job.get("error")
    print(job["output"], [(one.get("progress"), one.get("stage")) for one in seen])
    print(user.download(job["output"]["files"][1]["path"]).decode())
