"""The worker may read everything, so its own check is what keeps users apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoker.errors import InputForbidden
from stoker.storage.sources import check_owner


@pytest.mark.parametrize(
    "path", ["user-uploads/ada/cat.mov", "job-outputs/ada/j1/1/a.mp4", "public/intro.mp4", "user-uploads/ada/a b/ü.mov"]
)
def test_the_owners_files_and_public_ones_may_be_used(path: str) -> None:
    check_owner(path, "ada")


@pytest.mark.parametrize(
    "path",
    [
        "user-uploads/bob/cat.mov",
        "user-uploads/ada",
        "user-uploads/ada/",
        "user-uploads/adam/cat.mov",
        "user-uploads/ada/../bob/cat.mov",
        "user-uploads/ada/./cat.mov",
        "user-uploads/ada//cat.mov",
        "/user-uploads/ada/cat.mov",
        "user-uploads/ada/cat\n.mov",
        "user-uploads/ada/cat\x00.mov",
        "job-outputs/bob/j1/1/a.mp4",
        "public/../user-uploads/bob/cat.mov",
        "backups/all.zip",
        "gs://other-bucket/user-uploads/ada/cat.mov",
    ],
)
def test_everything_else_is_refused_by_name(path: str) -> None:
    with pytest.raises(InputForbidden) as error:
        check_owner(path, "ada")
    assert repr(path) in error.value.message


@pytest.mark.slow
@given(st.text(max_size=60))
def test_no_path_leads_out_of_the_folders(path: str) -> None:
    try:
        check_owner(path, "ada")
    except InputForbidden:
        return
    assert path.split("/")[:2] in (["user-uploads", "ada"], ["job-outputs", "ada"]) or path.startswith("public/")
