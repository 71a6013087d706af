"""The archive with the source of the functions that `firebase deploy` uploads."""

import io
import zipfile
from pathlib import PurePosixPath

import pytest

from deploy.deployments import LEFTOVERS, Deployed

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def archive(deployed: Deployed) -> zipfile.ZipFile:
    """The archive of the first deployment. The second uploads none."""
    [content] = deployed.google.world.sources.values()
    return zipfile.ZipFile(io.BytesIO(content))


def test_it_holds_what_the_builder_needs(archive: zipfile.ZipFile, deployed: Deployed) -> None:
    for name in ("main.py", "requirements.txt", "functions.yaml", ".env", "stoker/__init__.py"):
        assert archive.read(name) == (deployed.checkout.functions / name).read_bytes()


def test_it_holds_nothing_but_the_source(archive: zipfile.ZipFile) -> None:
    top = {PurePosixPath(name).parts[0] for name in archive.namelist()}
    assert top == {"main.py", "requirements.txt", "functions.yaml", ".env", ".env.demo-stoker", "stoker"}
    kinds = {PurePosixPath(name).suffix for name in archive.namelist() if name.startswith("stoker/")}
    assert kinds <= {".py", ".json", ".txt", ".typed"}


def test_what_a_developer_leaves_behind_stays_out(deployed: Deployed) -> None:
    for name in LEFTOVERS:
        assert (deployed.checkout.functions / name).exists()
    # The hash of the source has not changed, so the CLI has uploaded no second archive, and updates nothing.
    assert len(deployed.google.world.sources) == 1
    assert "Successful update operation" not in deployed.second.output


def test_it_holds_no_secret(archive: zipfile.ZipFile) -> None:
    for name in archive.namelist():
        assert b"PRIVATE KEY" not in archive.read(name), name


def test_it_is_small(archive: zipfile.ZipFile) -> None:
    # The limit of Cloud Functions is 100 MB. Source: https://firebase.google.com/docs/functions/quotas
    assert sum(entry.compress_size for entry in archive.infolist()) < 5_000_000
