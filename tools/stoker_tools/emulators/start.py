"""Starting the suite, and what is known of it while it runs."""

import contextlib
import functools
import json
import os
import secrets
import shlex
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stoker_tools.emulators import guardian, java, parts, ports, project
from stoker_tools.emulators.discovery import Manifest, discover
from stoker_tools.emulators.errors import LoadError, StartError, SuiteError
from stoker_tools.emulators.keeper import Keeper, guarded
from stoker_tools.emulators.reloading import in_step
from stoker_tools.emulators.schedules import Clock
from stoker_tools.emulators.sharing import not_borrowed
from stoker_tools.setup.environment import ROOT

PROJECT = "demo-stoker"  # the prefix tells every Firebase tool that there is no such project in production
DEFAULT = ("auth", "functions", "firestore", "storage", "tasks", "eventarc")
NAMES = (*DEFAULT, "pubsub")
SECONDS = 300.0  # for the start, in which the CLI may have to fetch 250 MB of emulators
FUNCTIONS_PYTHON = ROOT / "functions/venv/bin/python"
LOG = "suite.log"
PRELOADED = Path(__file__).with_name("command_line.cjs")
# Run by the CLI when everything is ready: writes what it was given, then lasts as long as the suite.
SCRIPT = "node -p 'JSON.stringify(process.env)' >ready.part && mv ready.part ready && exec tail -f /dev/null"
LOST_PORT = ("port taken", "already in use", "EADDRINUSE")  # as the CLI, the JVM and Node.js say it
# What leads a program to a suite. The CLI, which may be started inside of another suite, is not given it but gives it.
LEADING = ("_EMULATOR_HOST", "_EMULATOR_HUB", "_EMULATOR_ADDRESS", "FIREBASE_CONFIG")


@dataclass(frozen=True)
class Emulators:
    """A running suite.

    Attributes:
        environment: the variables by which a process finds the suite, as the Firebase CLI sets them for
            `emulators:exec` (FIRESTORE_EMULATOR_HOST, GCLOUD_PROJECT, ...), STOKER_FUNCTIONS_EMULATOR, the functions'
            host:port, and STOKER_FUNCTIONS_TMPDIR, their temporary directory. STOKER_SUITE is the mark of the suite:
            whatever has it ends with the suite.
        hosts: the `host:port` of each emulator, by its name; also `hub`, and `ui` if it runs.
        log_path: what the CLI and the functions say; removed with the suite.
        manifest: what the functions declared at the start; None if they don't run.
        keeper: what has started the suite and will end it.
    """

    environment: Mapping[str, str]
    hosts: Mapping[str, str]
    log_path: Path
    manifest: Manifest | None
    keeper: Keeper = field(repr=False)

    def describe(self) -> str:
        """Where each emulator is, and the variables by which a program finds it, as lines of text."""
        lines = [f"  {name:10} http://{host}" for name, host in sorted(self.hosts.items())]
        lines.append("A program finds them by these variables:")
        shown = sorted(item for item in self.environment.items() if item[0] != guardian.MARKER)
        lines += [f"  export {name}={shlex.quote(value)}" for name, value in shown]
        return "\n".join(lines)

    def wait(self) -> None:
        """Shows what the suite says from now on, until Ctrl-C or the suite's own end."""
        with contextlib.suppress(KeyboardInterrupt), self.log_path.open(errors="replace") as log:
            log.seek(0, os.SEEK_END)
            while self.keeper.exit_code(0.2) is None:
                print(log.read(), end="", flush=True)


@contextlib.contextmanager
def running(
    only: Sequence[str] | None = None,
    *,
    schedules: bool = True,
    functions: Path = ROOT / "functions",
    usual_ports: bool = False,
    user_interface: bool = False,
) -> Iterator[Emulators]:
    """Runs the suite while the block runs. Several may run at the same time, also from one checkout.

    Args:
        only: the emulators to run, some of `NAMES`; by default, all that the functions need.
        schedules: whether scheduled functions are called at their times.
        functions: a directory with another `main.py` to run, in the checkout's `functions/venv` all the same.
        usual_ports: whether to prefer the ports of `firebase.json`, or else the CLI's own, to random ones.
        user_interface: whether to run the Emulator UI, if `firebase.json` does not disable it and it can be had.

    Raises:
        SuiteError: see its kinds.
    """
    names = set(DEFAULT if only is None else only)
    if unknown := names.difference(NAMES):
        raise SuiteError(f"There is no emulator named {', '.join(sorted(unknown))}: choose from {', '.join(NAMES)}.")
    functions = functions.resolve()
    marker = secrets.token_hex(8)
    configuration = project.configured(ROOT)
    preferred = project.preferred_ports(configuration) if usual_ports else {}
    user_interface = user_interface and project.wants_user_interface(configuration) and parts.has_user_interface()
    with ThreadPoolExecutor(1) as executor, guarded(marker) as keeper:
        environment = _environment(marker, keeper.directory)

        def load() -> Manifest:
            return discover(functions, FUNCTIONS_PYTHON, environment)

        loading = executor.submit(load) if "functions" in names else None
        start = functools.partial(_start, keeper, environment, functions=functions, user_interface=user_interface)
        directory = start(names, preferred)
        manifest = loading.result() if loading else None
        if only is None and manifest and manifest.listens_to_topics:
            directory = start(names | {"pubsub"}, preferred)
        try:
            _finish(keeper, directory, manifest)
        except _PortLostError:  # to another program, between the choice of a port and its use
            directory = start(names, {})
            _finish(keeper, directory, manifest)
        emulators = _look(keeper, directory, environment, manifest)

        def reload() -> Manifest:
            loaded = load()
            project.link_functions(directory, functions)
            _write_manifest(directory, loaded)
            return loaded

        with contextlib.ExitStack() as stack:
            if manifest:
                may_call = functools.partial(not_borrowed, keeper.directory)
                clock = functools.partial(Clock, emulators.hosts["functions"], PROJECT, may_call) if schedules else None
                stack.enter_context(in_step(functions, manifest, reload, clock))
            yield emulators
        if keeper.exit_code() is not None:
            said = _tail(emulators.log_path.read_text(errors="replace"))
            print(f"warning: the emulators ended too early; the Firebase CLI said last:\n{said}", file=sys.stderr)


class _PortLostError(StartError):
    pass


def _environment(marker: str, directory: Path) -> dict[str, str]:
    """The variables of the CLI, and so of all that it starts."""
    temporary = directory / "tmp"
    temporary.mkdir()
    # Nothing of production, and nothing of what this checkout's tools run with.
    withheld = (*LEADING, "GOOGLE_APPLICATION_CREDENTIALS", "PYTHONPATH")
    kept = {name: value for name, value in os.environ.items() if not name.endswith(withheld)}
    return kept | {
        guardian.MARKER: marker,
        "CI": "1",
        "NO_UPDATE_NOTIFIER": "1",
        "NO_COLOR": "1",
        "NODE_COMPILE_CACHE": str(parts.BUILT / "node"),  # from Node.js 22 on
        "METADATA_SERVER_DETECTION": "none",  # or Google's libraries ask the network whether this is a cloud machine
        # The Storage emulator's objects, the hub's address and the functions' own files lie in the temporary directory,
        # under names that are the same for all suites.
        "TMPDIR": str(temporary),
        "XDG_CONFIG_HOME": str(temporary / "config"),  # not the developer's login
        "GCLOUD_PROJECT": PROJECT,
    }


def _start(
    keeper: Keeper,
    environment: Mapping[str, str],
    names: set[str],
    preferred: Mapping[str, int],
    *,
    functions: Path,
    user_interface: bool,
) -> Path:
    """Starts the CLI in a new directory, which it returns."""
    directory = keeper.directory / f"project-{secrets.token_hex(2)}"
    directory.mkdir()
    chosen = ports.choose(list(project.DEFAULT_PORTS), preferred)
    project.lay_out(directory, ROOT, functions, chosen, _runtime(), user_interface)
    command = ["node", "--require", str(PRELOADED), str(parts.COMMAND_LINE / "lib/bin/firebase.js"), "emulators:exec"]
    command += ["--project", PROJECT, "--only", ",".join(sorted(names)), *(["--ui"] if user_interface else []), SCRIPT]
    programs = parts.find(names)
    variables = {f"{part.upper()}_EMULATOR_BINARY_PATH": str(program) for part, program in programs.items()}
    if names.intersection(parts.DOWNLOADED):
        launchers = directory / "bin"
        launchers.mkdir()
        java.write_launcher(launchers, programs, parts.BUILT, environment)
        variables |= {"PATH": f"{launchers}{os.pathsep}{environment['PATH']}", "JAVA_HOME": ""}
    keeper.start(command, directory, {**environment, **variables}, directory / LOG)
    return directory


def _finish(keeper: Keeper, directory: Path, manifest: Manifest | None) -> None:
    """Hands the manifest to the CLI, which asks for it last, and waits until all is ready."""
    if manifest:
        _write_manifest(directory, manifest)
    deadline = time.monotonic() + SECONDS
    while not (directory / "ready").exists():
        if keeper.exit_code(0.02) is not None:
            said = (directory / LOG).read_text(errors="replace")
            kind = _PortLostError if any(sign in said for sign in LOST_PORT) else StartError
            raise kind("The emulators did not start; the Firebase CLI said:\n" + _tail(said))
        if time.monotonic() > deadline:
            said = (directory / LOG).read_text(errors="replace")
            raise StartError(
                f"The emulators were not ready within {SECONDS:.0f} s; the Firebase CLI said:\n{_tail(said)}"
            )


def _look(keeper: Keeper, directory: Path, environment: Mapping[str, str], manifest: Manifest | None) -> Emulators:
    """Asks a suite that is ready for its addresses, and whether it has loaded all that the manifest declares."""
    given: dict[str, str] = json.loads((directory / "ready").read_text())
    variables = {name: value for name, value in given.items() if name.endswith(LEADING)}
    listed = _get(f"http://{given['FIREBASE_EMULATOR_HUB']}/emulators")
    hosts = {name: f"{_connectable(found['host'])}:{found['port']}" for name, found in listed.items()}
    variables |= {name: environment[name] for name in (guardian.MARKER, "GCLOUD_PROJECT")}
    log = directory / LOG
    if manifest:
        variables["STOKER_FUNCTIONS_EMULATOR"] = hosts["functions"]
        variables["STOKER_FUNCTIONS_TMPDIR"] = environment["TMPDIR"]
        backends = _get(f"http://{hosts['functions']}/backends")["backends"]
        loaded = {trigger["entryPoint"] for backend in backends for trigger in backend["functionTriggers"]}
        if missing := manifest.names - loaded:
            raise LoadError(
                f"The Functions emulator does not know {', '.join(sorted(missing))}; the Firebase CLI said:\n"
                + _tail(log.read_text(errors="replace"))
            )
    return Emulators(variables, hosts, log, manifest, keeper)


def _write_manifest(directory: Path, manifest: Manifest) -> None:
    path = directory / "functions" / "functions.yaml"
    if not path.exists() or path.read_text() != manifest.text:  # a write makes the emulator reload
        path.write_text(manifest.text)


def _runtime() -> str:
    """Firebase's name for the Python of the functions' virtual environment, such as python313."""
    lines = (FUNCTIONS_PYTHON.parents[1] / "pyvenv.cfg").read_text().splitlines()
    version = next(line.partition("=")[2].strip() for line in lines if line.startswith("version"))
    return "python" + "".join(version.split(".")[:2])


def _get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=30) as response:
        return json.load(response)


def _connectable(host: str) -> str:
    return "127.0.0.1" if host in {"0.0.0.0", "::"} else host


def _tail(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-20:])
