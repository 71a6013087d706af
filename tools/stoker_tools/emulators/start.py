"""Start the emulator suite, and keep it until the end of a block."""

import contextlib
import functools
import json
import os
import secrets
import shlex
import sys
import textwrap
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stoker_tools.deploy import findings, local_checks
from stoker_tools.emulators import guardian, java, parts, ports, project
from stoker_tools.emulators.discovery import Manifest, discover
from stoker_tools.emulators.errors import LoadError, StartError, SuiteError
from stoker_tools.emulators.keeper import Keeper, guarded
from stoker_tools.emulators.reloading import in_step
from stoker_tools.emulators.schedules import Clock
from stoker_tools.emulators.sharing import not_borrowed
from stoker_tools.emulators.web_config import DEFAULT_REGION, region_of, web_config
from stoker_tools.exit_codes import ExitCode
from stoker_tools.setup import app_root
from stoker_tools.setup.functions_folder import functions_folder

PROJECT = "demo-stoker"
"""The project of every suite. By the prefix, Firebase's tools know that it does not exist in production."""

DEFAULT = ("auth", "functions", "firestore", "storage", "tasks", "eventarc")
NAMES = (*DEFAULT, "pubsub")
START_SECONDS = 300.0
"""The longest start, in which the CLI may have to fetch 250 MB of emulators."""

REPORT_SECONDS = 10.0
"""The time between two reports of a start that takes long."""

LOG = "suite.log"
PRELOADED = Path(__file__).with_name("command_line.cjs")

SCRIPT = "node -p 'JSON.stringify(process.env)' >ready.part && mv ready.part ready && exec tail -f /dev/null"
"""The CLI runs it when everything is ready: it writes its variables into a file, then lasts as long as the suite."""

LOST_PORT = ("port taken", "already in use", "EADDRINUSE")
"""The words of the CLI, of Java and of Node.js for a port that another program has taken."""

LEADING = ("_EMULATOR_HOST", "_EMULATOR_HUB", "_EMULATOR_ADDRESS", "FIREBASE_CONFIG")
"""The ends of the names of variables that lead a program to a suite. They are withheld from the CLI, which may be
started inside another suite; the CLI sets them for this suite."""

Report = Callable[[str], None]
"""It takes a line for the person who waits."""


@dataclass(frozen=True)
class Emulators:
    """A running suite.

    Attributes:
        environment: The variables by which a process finds the suite, as the Firebase CLI sets them for
            `emulators:exec` (FIRESTORE_EMULATOR_HOST, GCLOUD_PROJECT, ...). STOKER_FUNCTIONS_EMULATOR is the host:port
            of the functions, and STOKER_FUNCTIONS_TMPDIR their temporary directory. STOKER_SUITE is the mark of the
            suite: every process that carries it ends with the suite.
        hosts: The `host:port` of each emulator, by its name; also of `hub`, and of `ui` if it runs.
        log_path: The log of the CLI and the functions. It is removed with the suite.
        manifest: The functions that run, or None if the suite runs without functions.
        keeper: The process that ends the suite.
    """

    environment: Mapping[str, str]
    hosts: Mapping[str, str]
    log_path: Path
    manifest: Manifest | None
    keeper: Keeper = field(repr=False)

    def describe(self) -> str:
        """Return the addresses, the code for a web app and the variables for a program, as lines of text."""
        region = region_of(self.manifest.specification) if self.manifest else DEFAULT_REGION
        variables = sorted(item for item in self.environment.items() if item[0] != guardian.MARKER)
        return "\n".join(
            [
                *(f"  {name:10} http://{host}" for name, host in sorted(self.hosts.items())),
                "",
                "Paste this into a web app to connect it:",
                "",
                textwrap.indent(web_config(self.hosts, self.environment, region), "  "),
                "",
                "A program finds the emulators by these variables:",
                "",
                *(f"  export {name}={shlex.quote(value)}" for name, value in variables),
            ]
        )

    def wait(self, show: Callable[[str], str | None] = str) -> None:
        """Print the log from now on, until Ctrl-C or until the suite ends by itself.

        Args:
            show: It takes a line of the log, and returns the text to print, or None to leave the line out.
        """
        with contextlib.suppress(KeyboardInterrupt), self.log_path.open(errors="replace") as log:
            log.seek(0, os.SEEK_END)
            rest, is_running = "", True
            while is_running:
                is_running = self.keeper.exit_code(0.2) is None
                *lines, rest = (rest + log.read()).split("\n")
                for line in lines:
                    if (text := show(line)) is not None:
                        print(text, flush=True)


@contextlib.contextmanager
def running(
    only: Sequence[str] | None = None,
    *,
    schedules: bool = True,
    functions: Path | None = None,
    usual_ports: bool = False,
    user_interface: bool = False,
    report: Report = lambda line: None,
) -> Iterator[Emulators]:
    """Run the suite while the block runs. Several suites may run at the same time, also from one checkout.

    Args:
        only: The emulators to run, some of `NAMES`; by default, all that the functions need.
        schedules: Whether scheduled functions are called at their times.
        functions: A directory with another `main.py` to run. It runs in the `venv` of the app's own functions too.
        usual_ports: Whether to use the ports of `firebase.json`, or else the CLI's own, if all of them are free.
            Otherwise the ports are random.
        user_interface: Whether to run the Emulator UI, if `firebase.json` does not disable it and it is available.
        report: Takes a line when a step begins, and lines while the start takes long.

    Raises:
        SuiteError: See its kinds.
    """
    names = set(DEFAULT if only is None else only)
    if unknown := names.difference(NAMES):
        raise SuiteError(
            f"There is no emulator named {', '.join(sorted(unknown))}: choose from {', '.join(NAMES)}.", ExitCode.USAGE
        )
    app = app_root.app()
    functions = (functions or functions_folder(app)).resolve()
    marker = secrets.token_hex(8)
    configuration = project.configured(app)
    usual = project.usual_ports(configuration) if usual_ports else {}
    user_interface = user_interface and project.wants_user_interface(configuration)
    if user_interface and not parts.has_user_interface():
        user_interface = False
        report("The Emulator UI does not run, because it is not cached and can't be downloaded from here.")
    with ThreadPoolExecutor(1) as executor, guarded(marker) as keeper:
        environment = _environment(marker, keeper.directory)
        report(f"Starting the emulators: {', '.join(sorted(names))}.")
        if "functions" in names and (slips := local_checks.before_emulators(functions, PROJECT)):
            report(findings.as_text(slips))

        def load() -> Manifest:
            return discover(functions, functions_folder(app) / "venv/bin/python", environment)

        loading = executor.submit(load) if "functions" in names else None
        start = functools.partial(
            _start, keeper, environment, app, functions=functions, user_interface=user_interface, report=report
        )
        directory = start(names, usual)
        manifest = loading.result() if loading else None
        if only is None and manifest and manifest.listens_to_topics:
            names = names | {"pubsub"}
            directory = start(names, usual)
        try:
            _finish(keeper, directory, manifest, report)
        except _PortLostError:  # Another program took a port after it was chosen.
            directory = start(names, {})
            _finish(keeper, directory, manifest, report)
        emulators = _look(keeper, directory, environment, manifest)

        def reload() -> Manifest:
            loaded = load()
            project.link_functions(directory, functions)
            _write_manifest(directory, loaded)
            return loaded

        with contextlib.ExitStack() as stack:
            if manifest:
                may_call = functools.partial(not_borrowed, marker)
                clock = functools.partial(Clock, emulators.hosts["functions"], PROJECT, may_call) if schedules else None
                stack.enter_context(in_step(functions, manifest, reload, clock))
            yield emulators
        if keeper.exit_code() is not None:
            output = _tail(emulators.log_path.read_text(errors="replace"))
            print(f"warning: the emulators ended too early. The Firebase CLI printed:\n{output}", file=sys.stderr)


class _PortLostError(StartError):
    pass


def _environment(marker: str, directory: Path) -> dict[str, str]:
    """Return the variables of the CLI, which are also those of all processes that it starts."""
    temporary = directory / "tmp"
    temporary.mkdir()
    # Nothing leads to production, and nothing to the packages of this checkout's tools.
    withheld = (*LEADING, "GOOGLE_APPLICATION_CREDENTIALS", "PYTHONPATH")
    kept = {name: value for name, value in os.environ.items() if not name.endswith(withheld)}
    return kept | {
        guardian.MARKER: marker,
        "CI": "1",
        "NO_UPDATE_NOTIFIER": "1",
        "NO_COLOR": "1",
        "NODE_COMPILE_CACHE": str(parts.BUILT / "node"),  # It is used from Node.js 22 on.
        # Otherwise Google's libraries ask the network whether this is a machine of Google's cloud.
        "METADATA_SERVER_DETECTION": "none",
        # The Storage emulator's objects, the hub's address and the functions' own files lie in the temporary directory,
        # under names that are the same for all suites.
        "TMPDIR": str(temporary),
        "XDG_CONFIG_HOME": str(temporary / "config"),  # It hides the developer's login.
        "GCLOUD_PROJECT": PROJECT,
    }


def _start(
    keeper: Keeper,
    environment: Mapping[str, str],
    app: Path,
    names: set[str],
    usual: Mapping[str, int],
    *,
    functions: Path,
    user_interface: bool,
    report: Report,
) -> Path:
    """Start the CLI in a new directory; return the directory."""
    directory = keeper.directory / f"project-{secrets.token_hex(2)}"
    directory.mkdir()
    given = {name: usual[name] for name in project.used_ports(names, user_interface) if name in usual}
    if taken := ports.taken(list(given.values())):
        # All ports change, so that an app never connects to the emulators of two suites.
        given = {}
        report(f"The ports are random, because other programs use {', '.join(map(str, taken))}.")
    chosen = ports.choose(list(project.DEFAULT_PORTS), given)
    project.lay_out(directory, app, functions, chosen, _runtime(app), user_interface)
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


def _finish(keeper: Keeper, directory: Path, manifest: Manifest | None, report: Report) -> None:
    """Write the manifest, which the CLI reads last, and wait until all emulators are ready."""
    if manifest:
        _write_manifest(directory, manifest)
    began = reported = time.monotonic()
    while not (directory / "ready").exists():
        if keeper.exit_code(0.02) is not None:
            output = (directory / LOG).read_text(errors="replace")
            kind = _PortLostError if any(sign in output for sign in LOST_PORT) else StartError
            raise kind("The emulators did not start. The Firebase CLI printed:\n" + _tail(output))
        now = time.monotonic()
        if now - began > START_SECONDS:
            output = (directory / LOG).read_text(errors="replace")
            raise StartError(
                f"The emulators were not ready within {START_SECONDS:.0f} s. The Firebase CLI printed:\n{_tail(output)}"
            )
        if now - reported > REPORT_SECONDS:
            reported = now
            lines = (directory / LOG).read_text(errors="replace").strip().splitlines()
            report(f"... {now - began:.0f} s; the last line of the Firebase CLI: {lines[-1] if lines else 'nothing'}")


def _look(keeper: Keeper, directory: Path, environment: Mapping[str, str], manifest: Manifest | None) -> Emulators:
    """Ask a suite that is ready for its addresses, and check that it has loaded all functions of the manifest."""
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
                f"The Functions emulator does not know {', '.join(sorted(missing))}. The Firebase CLI printed:\n"
                + _tail(log.read_text(errors="replace"))
            )
    return Emulators(variables, hosts, log, manifest, keeper)


def _write_manifest(directory: Path, manifest: Manifest) -> None:
    path = directory / "functions" / "functions.yaml"
    if not path.exists() or path.read_text() != manifest.text:  # A write makes the emulator reload.
        path.write_text(manifest.text)


def _runtime(app: Path) -> str:
    """Return Firebase's name for the Python of the functions' virtual environment, such as python313."""
    lines = (functions_folder(app) / "venv" / "pyvenv.cfg").read_text().splitlines()
    version = next(line.partition("=")[2].strip() for line in lines if line.startswith("version"))
    return "python" + "".join(version.split(".")[:2])


def _get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=30) as response:
        return json.load(response)


def _connectable(host: str) -> str:
    return "127.0.0.1" if host in {"0.0.0.0", "::"} else host


def _tail(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-20:])
