"""Storage: users bring films and sounds to their own folder, and read what their jobs have made."""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from rules.conftest import Tokens
from rules.storage_cases import OBJECTS, StorageCase, scaled, storage_cases
from stoker_tools.rules_lab.judge import misjudged
from stoker_tools.rules_lab.storage import Remove, StorageEmulator
from stoker_tools.samples.user import SampleUser
from stoker_tools.setup.environment import ROOT

CASES = storage_cases()
RULES = ROOT / "rules/storage.rules"


def restore(files: StorageEmulator, case: StorageCase) -> None:
    """Undo the change of a case."""
    if case.request.path in OBJECTS:
        files.put(case.request.path)
    elif not case.request.path.endswith("/") and not isinstance(case.request, Remove):
        files.remove(case.request.path)


@pytest.fixture
def files(_suite: None) -> Iterator[StorageEmulator]:
    """The files, whose rules are the same for all buckets: afterwards, they are as they were."""
    emulator = StorageEmulator(os.environ["FIREBASE_STORAGE_EMULATOR_HOST"], "rules-cases")
    emulator.load(scaled(RULES.read_text()), str(RULES))
    for path in OBJECTS:
        emulator.put(path)
    yield emulator
    emulator.load(RULES.read_text(), str(RULES))
    emulator.close()


def test_every_request_is_judged_as_it_must_be(files: StorageEmulator, identities: Tokens) -> None:
    wrong = misjudged(
        CASES,
        lambda case: files.allows(case.request, identities[case.who]),
        lambda case: restore(files, case),
    )
    assert [str(case) for case in wrong] == []


def test_the_owner_uploads_and_reads_back(user: SampleUser, clip: Path) -> None:
    assert user.download(user.upload(clip, "video/mp4")) == clip.read_bytes()


@pytest.mark.parametrize(("content_type", "most"), [("image/jpeg", 10 * 1024**2), ("text/vtt", 2 * 1024**2)])
def test_watermarks_and_captions_may_be_as_large_as_a_worker_takes_them(
    user: SampleUser, tmp_path: Path, content_type: str, most: int
) -> None:
    file = tmp_path / "file"
    file.write_bytes(bytes(most))
    user.upload(file, content_type)
    file.write_bytes(bytes(most + 1))
    with pytest.raises(httpx.HTTPStatusError, match="403"):
        user.upload(file, content_type)
