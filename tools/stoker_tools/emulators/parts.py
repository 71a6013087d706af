"""Finding the programs of the emulators that the Firebase CLI does not contain.

The official programs are used if they are cached or can be fetched. Otherwise a Google Cloud SDK replaces them. Its
Firestore emulator also contains Google's rules engine, which `StorageRulesRuntime.java` runs for Cloud Storage.
"""

import functools
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from stoker_tools.emulators.errors import MissingPartError
from stoker_tools.setup import app_root

COMMAND_LINE = app_root.node_folder() / "node_modules" / "firebase-tools"
BUILT = app_root.built_parts()
STORAGE_RULES_RUNTIME = Path(__file__).with_name("StorageRulesRuntime.java")
MAIN = {
    "firestore": "com.google.cloud.datastore.emulator.firestore.CloudFirestore",
    "storage": STORAGE_RULES_RUNTIME.stem,
}
DOWNLOADED = ("firestore", "storage", "pubsub")
REACHABLE_SECONDS = 2.0
"""The longest wait for the answer of a server."""


def find(emulators: Iterable[str], can_be_fetched: Callable[[str], bool] | None = None) -> dict[str, Path]:
    """Return the programs of emulators, by name. Programs that the CLI will fetch itself are left out.

    Args:
        emulators: The names of the emulators.
        can_be_fetched: Returns whether a part can be downloaded from here. By default, a request finds out.

    Raises:
        MissingPartError: A program is neither on this machine nor can it be fetched.
    """
    found = {part: _program(part, can_be_fetched or is_reachable) for part in DOWNLOADED if part in emulators}
    programs = {part: program for part, program in found.items() if program is not None}
    for part in found.keys() - programs.keys():
        megabytes = information()[part]["expectedSize"] >> 20
        print(f"preparing: the {part} emulator, {megabytes} MB to fetch (once)", file=sys.stderr)
    return programs


def has_user_interface() -> bool:
    """Return whether the Emulator UI is cached or can be fetched."""
    return _official("ui").exists() or is_reachable("ui")


def _program(part: str, can_be_fetched: Callable[[str], bool]) -> Path | None:
    """Return a part's program: the developer's own, the official or a replacement; None if the CLI must fetch it."""
    if own := os.environ.get(f"{part.upper()}_EMULATOR_BINARY_PATH"):
        return Path(own)
    if _official(part).exists():
        return _official(part)
    sdk = _cloud_sdk()
    built = _jar_path(part, sdk) if sdk and part != "pubsub" else None
    if built and built.exists():  # It was built when the official program could not be fetched.
        return built
    if can_be_fetched(part):
        return None
    if part == "pubsub":
        launcher = sdk / "platform/pubsub-emulator/bin/cloud-pubsub-emulator" if sdk else None
        if launcher and launcher.exists():
            return launcher
    elif sdk and built and _firestore_jar(sdk).exists():
        return _build(part, built, _firestore_jar(sdk))
    component = "pubsub-emulator" if part == "pubsub" else "cloud-firestore-emulator"
    raise MissingPartError(
        f"The {part} emulator is not cached in {_cache()}, and can't be downloaded: "
        f"install the Google Cloud SDK with its component {component}, or run the command once with a network."
    )


@functools.cache
def information() -> dict[str, Any]:
    """Return the CLI's list of the official parts."""
    listed: dict[str, Any] = json.loads((COMMAND_LINE / "lib/emulator/downloadableEmulatorInfo.json").read_text())
    return listed | {"ui": listed["ui"]["main"]}


def _cache() -> Path:
    return Path(os.environ.get("FIREBASE_EMULATORS_PATH") or Path.home() / ".cache/firebase/emulators")


def _official(part: str) -> Path:
    details: dict[str, str] = information()[part]
    return _cache() / (details.get("binaryPathRelativeToCacheDir") or details["downloadPathRelativeToCacheDir"])


@functools.cache
def is_reachable(part: str) -> bool:
    """Return whether the server from which the CLI fetches a part answers soon."""
    return answers(information()[part]["remoteUrl"])


def answers(url: str, seconds: float = REACHABLE_SECONDS) -> bool:
    """Return whether an address answers within some seconds."""
    answered: list[bool] = []

    def ask() -> None:
        request = urllib.request.Request(url, method="HEAD")
        try:
            with urllib.request.urlopen(request, timeout=seconds):
                answered.append(True)
        except (urllib.error.URLError, OSError):
            answered.append(False)

    # A thread is needed because a name server that does not answer has no timeout.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)
    return answered == [True]


def _cloud_sdk() -> Path | None:
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        return None
    root = Path(gcloud).resolve().parents[1]
    return root if (root / "platform").is_dir() else None


def _firestore_jar(sdk: Path) -> Path:
    return sdk / "platform/cloud-firestore-emulator/cloud-firestore-emulator.jar"


def _jar_path(part: str, sdk: Path) -> Path:
    """Return the path of the archive that is built for a part. Its name changes with the inputs of the build."""
    jar = _firestore_jar(sdk)
    facts = jar.stat() if jar.exists() else None
    inputs = f"{jar} {facts and (facts.st_size, facts.st_mtime_ns)} {MAIN[part]} {STORAGE_RULES_RUNTIME.read_text()}"
    digest = hashlib.sha256(inputs.encode()).hexdigest()[:16]
    return BUILT / f"{part}-{digest}.jar"


def _build(part: str, jar: Path, firestore: Path) -> Path:
    """Build a small archive that points at the Firestore emulator's archive. For Storage, it contains our classes."""
    jar.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=jar.parent) as directory:
        classes = Path(directory)
        if part == "storage":
            _compile(classes, firestore)
        built = classes / jar.name
        # The path is relative, because java.py can't archive the classes of a jar that is named by a URL.
        relative = urllib.parse.quote(os.path.relpath(firestore, jar.parent))
        with zipfile.ZipFile(built, "w") as archive:
            archive.writestr("META-INF/MANIFEST.MF", _manifest({"Main-Class": MAIN[part], "Class-Path": relative}))
            for file in sorted(classes.rglob("*.class")):
                archive.write(file, file.relative_to(classes))
        for outdated in jar.parent.glob(f"{part}-*.jar"):
            outdated.unlink(missing_ok=True)
        built.replace(jar)
    return jar


def _compile(classes: Path, firestore: Path) -> None:
    compiler = shutil.which("javac")
    if compiler is None:
        raise MissingPartError(
            "A Java compiler is needed once, for the rules of the Storage emulator: install a JDK, 17 or later, so "
            "that `javac` is on PATH, or run the command once with a network."
        )
    # -proc:none: the emulator's archive names annotation processors that it does not contain.
    options = ["--release", "17", "-proc:none", "-nowarn", "-cp", str(firestore), "-d", str(classes)]
    done = subprocess.run([compiler, *options, str(STORAGE_RULES_RUNTIME)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise MissingPartError(
            f"The Storage emulator's rules do not compile with {compiler} against {firestore}: "
            f"install a newer JDK and Google Cloud SDK, or run the command once with a network.\n{done.stderr}"
        )


def _manifest(attributes: Mapping[str, str]) -> str:
    """Return the manifest of a Java archive. Its lines have at most 72 bytes; a longer line goes on after a space."""
    lines = []
    for line in (f"{name}: {value}" for name, value in attributes.items()):
        lines.append(line[:72])
        lines += [" " + line[start : start + 71] for start in range(72, len(line), 71)]
    return "\r\n".join(["Manifest-Version: 1.0", *lines, "", ""])
