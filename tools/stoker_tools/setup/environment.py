"""Set-up: install what is missing, then go on with the current tool inside of `.venv`.

All places are ignored by git:

- `functions/venv` holds what is deployed, and nothing else. The Firebase CLI runs the functions in it.
- `.venv` holds the same and the development tools. `.venv-3.13` is the same on another Python.
- `node_modules` holds the Firebase CLI.
- `.java` holds Java for the emulators, if PATH has none that is new enough.
- `.uv` holds uv, which installs the Python packages.

Without a checkout, the tools have their packages already. `functions/venv` is in the app. All other places are in the
folder `home` of `app_root.py`, for all apps.

This package needs the standard library only, because it runs before anything is installed.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

from stoker_tools.setup import app_root, carried, locks, node, pythons
from stoker_tools.setup.functions_folder import functions_folder
from stoker_tools.setup.installers import Installers, Interruption, interruptible
from stoker_tools.setup.java import java_is_wanted
from stoker_tools.setup.place import Place, SetupError, say
from stoker_tools.setup.preparation import one_at_a_time
from stoker_tools.setup.python import from_lock, uv_itself

ROOT = Path(__file__).resolve().parents[3]
PYTHON = ("functions/venv", ".venv")
EVERYTHING = (*PYTHON, "node_modules", ".java")


def enter(places: Sequence[str] = EVERYTHING) -> None:
    """Prepare the places, then replace this process by the command `stoker` in `.venv`, with the same arguments.

    Return at once if everything is current and this Python is that of `.venv`. Call it first in the `main` of a
    command, after the arguments are parsed. Import packages that are not in the standard library after it.

    Without a checkout, this process goes on, and can import `stoker` afterwards.

    Args:
        places: The places that the command needs, of `EVERYTHING`. An environment of another Python, such as
            `.venv-3.13`, may stand in the place of `.venv`.

    Raises:
        SetupError: A tool is missing on this machine, or an installation failed.
    """
    if app_root.checkout() is None:
        prepare(places)
        carried.make_importable()
        return
    prepare(places)
    home = ROOT / next(place for place in places if place.startswith(".venv"))
    if Path(sys.prefix) != home:
        python = str(home / "bin/python")
        os.execv(python, [python, "-m", "stoker_tools", *sys.argv[1:]])


def prepare(
    places: Sequence[str] = EVERYTHING, wanted: Callable[[Sequence[str]], Sequence[Place]] | None = None
) -> None:
    """Install the places that are missing or outdated, and print a line of progress for each.

    Virtual environments are installed one after the other, so that each package is downloaded once. Everything else is
    installed beside them.

    Args:
        places: Some of `EVERYTHING`, an environment of another Python, or `.uv`.
        wanted: A function that returns the places for their names. By default, the names above are known.

    Raises:
        SetupError: A tool is missing on this machine, or an installation failed.
        Interruption: A signal has arrived. All installers have ended.
    """
    wanted = wanted or _wanted
    if all(place.is_current() for place in wanted(places)):
        return
    missing: list[Place] = []
    try:
        with interruptible() as installers, one_at_a_time(_shared()) as lock:
            missing += [place for place in wanted(places) if not place.is_current()]  # another run may have made them
            if any(place.path.name == "node_modules" for place in missing):
                node.check_node()
            say(f"preparing: {_names(missing)} (once)" if missing else "preparing: done")
            _make_lanes(_lanes(missing), installers, lock)
    except Interruption as interruption:
        unmade = [place for place in missing if not place.is_current()]
        rest = f"The next command makes {_names(unmade)} anew." if unmade else "Nothing was left half made."
        raise Interruption(interruption.number, f"Interrupted. {rest}") from None


def _shared() -> Path:
    """Return the folder that one preparation at a time locks."""
    if app_root.checkout():
        return ROOT
    app_root.home().mkdir(parents=True, exist_ok=True)
    return app_root.home()


def _names(places: Sequence[Place]) -> str:
    return ", ".join(place.name for place in places)


def _make_lanes(lanes: Sequence[Sequence[Place]], installers: Installers, lock: int) -> None:
    with ThreadPoolExecutor(len(lanes) or 1) as threads:
        made = [threads.submit(_make_all, lane, installers, lock) for lane in lanes]
        try:
            wait(made)
        except Interruption as interruption:
            installers.end(interruption.number)
            raise
    for one in made:
        one.result()


def _lanes(places: Sequence[Place]) -> list[list[Place]]:
    """Group the places: those with the same helper are made one after the other."""
    lanes: dict[Path, list[Place]] = {}
    for place in places:
        lanes.setdefault(place.helper.path if place.helper else place.path, []).append(place)
    return list(lanes.values())


def _make_all(lane: Sequence[Place], installers: Installers, lock: int) -> None:
    helper = lane[0].helper
    if helper and not helper.is_current():
        try:
            _make(helper, installers, lock)
        except SetupError as error:
            say(f"preparing: {error}")
    for place in lane:
        _make(place, installers, lock)


def _make(place: Place, installers: Installers, lock: int) -> None:
    started = time.monotonic()
    try:
        place.make(installers, lock)
    except OSError as error:
        raise SetupError(f"{place.name}: {error}") from error
    say(f"preparing: {place.name} ... {time.monotonic() - started:.0f} s")


def _wanted(names: Sequence[str]) -> list[Place]:
    """Return the places for their names. Java is left out if PATH has one that is new enough.

    Without a checkout, `.venv` is left out too.
    """
    wanted = []
    for name in names:
        match name:
            case "functions/venv":
                folder = functions_folder()
                # Compiled, because several workers start at the same time, and each would compile what it imports.
                wanted.append(from_lock(folder / "venv", folder / "requirements.txt", compiled=True))
            case "node_modules":
                wanted.append(node.packages(app_root.node_folder()))
            case ".java":
                if java_is_wanted():
                    wanted.append(from_lock(app_root.place(name), app_root.shipped(locks.JAVA.file)))
            case ".uv":
                wanted.append(uv_itself())
            case _ if app_root.checkout():
                version = name.removeprefix(".venv").removeprefix("-")
                python = _python(version) if version else None
                wanted.append(from_lock(ROOT / name, ROOT / locks.DEV.file, python=python))
    return wanted


def _python(version: str) -> Path:
    python = pythons.find(version)
    if python is None:
        raise SetupError(
            f"Python {version} is missing: install it, such as by `uv python install {version}`, or put it on PATH."
        )
    return python
