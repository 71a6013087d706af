"""Finding the programs of the emulators."""

import zipfile
from pathlib import Path

import pytest

from stoker_tools.emulators import MissingPartError, parts


@pytest.fixture(autouse=True)
def _nothing_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for part in parts.DOWNLOADED:
        monkeypatch.delenv(f"{part.upper()}_EMULATOR_BINARY_PATH", raising=False)
    monkeypatch.setenv("FIREBASE_EMULATORS_PATH", str(tmp_path / "cache"))
    monkeypatch.setattr(parts, "BUILT", tmp_path / "built")


def everything(part: str) -> bool:
    """Return that each part can be fetched."""
    return True


def nothing(part: str) -> bool:
    """Return that no part can be fetched."""
    return False


def test_the_developers_own_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_BINARY_PATH", "/opt/firestore.jar")
    assert parts.find(["auth", "firestore"]) == {"firestore": Path("/opt/firestore.jar")}


def test_then_the_official_ones_that_are_cached(tmp_path: Path) -> None:
    information = parts.information()["storage"]
    official = tmp_path / "cache" / information["downloadPathRelativeToCacheDir"]
    official.parent.mkdir()
    official.touch()
    assert parts.find(["storage"]) == {"storage": official}


def test_then_those_that_the_cli_can_fetch() -> None:
    assert parts.find(["firestore", "storage", "pubsub"], everything) == {}


def test_then_those_of_a_google_cloud_sdk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sdk = tmp_path / "a long way to" / ("an sdk" * 12)
    jar = sdk / "platform/cloud-firestore-emulator/cloud-firestore-emulator.jar"
    jar.parent.mkdir(parents=True)
    jar.touch()
    gcloud = sdk / "bin" / "gcloud"
    gcloud.parent.mkdir()
    gcloud.touch(0o755)
    monkeypatch.setenv("PATH", str(gcloud.parent), prepend=":")
    (built,) = parts.find(["firestore"], nothing).values()
    with zipfile.ZipFile(built) as archive:
        manifest = archive.read("META-INF/MANIFEST.MF").decode()
    assert max(len(line) for line in manifest.splitlines()) <= 72
    unfolded = dict(line.split(": ") for line in manifest.replace("\r\n ", "").split("\r\n") if line)
    assert (built.parent / unfolded["Class-Path"].replace("%20", " ")).resolve() == jar
    assert parts.find(["firestore"], nothing) == {"firestore": built}


def test_without_a_part_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(MissingPartError, match="install the Google Cloud SDK with its component pubsub-emulator"):
        parts.find(["pubsub"], nothing)


def test_a_place_that_does_not_answer_is_given_up_soon() -> None:
    assert not parts.answers("http://192.0.2.1/ui.zip", seconds=0.2)  # RFC 5737: an address without a computer.
