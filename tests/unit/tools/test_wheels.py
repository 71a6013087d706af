"""The two wheels of `scripts/build`: the same bytes each time, and all that the tools need without a checkout."""

import hashlib
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from source_copy import source_copy
from stoker_tools.cli.build import build
from stoker_tools.cli.stoker import COMMANDS, Command
from stoker_tools.exit_codes import ExitCode
from stoker_tools.setup.environment import ROOT

pytestmark = pytest.mark.slow

SHIPPED = (
    *("rules", "monitoring", "examples/image-processing", "clients/typescript/events.ts"),
    *("functions/requirements.txt", "tools/locks/java.txt", "tools/locks/uv.txt"),
)
"""The files and folders outside of `tools/stoker_tools` that the tools read, also without a checkout."""

OF_NODE = ("package.json", "package-lock.json", ".npmrc")


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheels, by the names of their packages."""
    built = build(ROOT, tmp_path_factory.mktemp("wheels"))
    return {wheel.name.split("-")[0]: wheel for wheel in built}


def sources(folder: Path) -> set[str]:
    """Return the files of a folder that belong to the source, relative to the folder."""
    files = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {file.as_posix() for file in files if not any(part.startswith("__pycache") for part in file.parts)}


def environment_without_checkout() -> dict[str, str]:
    """Return the variables of a process that finds no checkout by them."""
    return {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "STOKER_PYTHON"}}


def run(command: list[str], folder: Path) -> str:
    """Run a command in a folder; return its output."""
    done = subprocess.run(
        command, cwd=folder, env=environment_without_checkout(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of a virtual environment with the wheel of the tools. It borrows the other packages from this one."""
    venv = tmp_path_factory.mktemp("installed") / "venv"
    run([sys.executable, "-m", "venv", str(venv)], venv.parent)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (venv / "lib" / version / "site-packages" / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    run([str(venv / "bin/pip"), "install", "--quiet", "--no-deps", "--no-index", str(wheels["stoker_tools"])], venv)
    return venv / "bin"


def test_the_same_source_makes_the_same_bytes(wheels: dict[str, Path], tmp_path: Path) -> None:
    copy = source_copy(tmp_path / "copy")
    (copy / "functions/stoker/__pycache__").mkdir()
    (copy / "functions/stoker/__pycache__/config.cpython-399.pyc").write_bytes(b"")
    for wheel in build(copy, tmp_path / "again"):
        before = wheels[wheel.name.split("-")[0]]
        assert hashlib.sha256(wheel.read_bytes()).digest() == hashlib.sha256(before.read_bytes()).digest()


def test_the_wheel_of_the_functions_holds_the_package_and_nothing_else(wheels: dict[str, Path]) -> None:
    names = [name for name in zipfile.ZipFile(wheels["stoker"]).namelist() if ".dist-info/" not in name]
    package = {f"stoker/{file}" for file in sources(ROOT / "functions" / "stoker")}
    assert set(names) == package | {"stoker/LICENSE"}
    assert len(names) == len(set(names))


def test_the_wheel_of_the_tools_holds_all_that_they_read(wheels: dict[str, Path]) -> None:
    archive = zipfile.ZipFile(wheels["stoker_tools"])
    shipped = {name.partition("/packaged/")[2] for name in archive.namelist() if "/packaged/" in name}
    wanted = set(OF_NODE)
    for entry in SHIPPED:
        path = ROOT / entry
        wanted |= {f"{entry}/{file}" for file in sources(path)} if path.is_dir() else {entry}
    assert shipped >= wanted | {wheels["stoker"].name}
    for name in wanted:
        assert archive.read(f"stoker_tools/packaged/{name}") == (ROOT / name).read_bytes()
    assert {f"stoker_tools/{file}" for file in sources(ROOT / "tools" / "stoker_tools")} <= set(archive.namelist())


def test_it_carries_the_same_wheel_of_the_functions(wheels: dict[str, Path]) -> None:
    carried = zipfile.ZipFile(wheels["stoker_tools"]).read(f"stoker_tools/packaged/{wheels['stoker'].name}")
    assert carried == wheels["stoker"].read_bytes()


def test_the_command_answers_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    assert run([str(installed / "stoker"), "--help"], tmp_path).startswith("usage: stoker COMMAND")
    assert run([str(installed / "stoker"), "--version"], tmp_path) == "stoker 0.1.0\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [command for command in COMMANDS.values() if not command.needs_checkout])
def test_no_help_speaks_of_a_checkout(command: Command, installed: Path, tmp_path: Path) -> None:
    printed = run([str(installed / "stoker"), command.name, "--help"], tmp_path)
    assert printed.startswith(f"usage: stoker {command.name} ")
    assert re.findall("scripts/|checkout", printed) == []


@pytest.mark.parametrize("command", [command for command in COMMANDS.values() if command.needs_checkout])
def test_a_command_for_the_checkout_alone_says_so(command: Command, installed: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [str(installed / "stoker"), command.name],
        cwd=tmp_path,
        env=environment_without_checkout(),
        capture_output=True,
        text=True,
        check=False,
    )
    expected = f"`stoker {command.name}` works on Stoker's own source: run it in a checkout of Stoker.\n"
    assert (done.returncode, done.stderr) == (1, expected)


def test_a_command_without_an_app_names_the_way_out(installed: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [str(installed / "stoker"), "jobs", "list"],
        cwd=tmp_path,
        env=environment_without_checkout() | {"STOKER_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ExitCode.NOTHING_THERE
    assert done.stderr.startswith(f"There is no firebase.json in {tmp_path} or above. Go to the folder of your app")


def test_the_public_names_are_imported_from_the_wheel(wheels: dict[str, Path], tmp_path: Path) -> None:
    zipfile.ZipFile(wheels["stoker"]).extractall(tmp_path / "site")
    code = "import stoker; print(stoker.__file__); assert all(getattr(stoker, name) for name in stoker.__all__)"
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r}); {code}"]
    assert run(command, tmp_path) == f"{tmp_path}/site/stoker/__init__.py\n"


@pytest.mark.soak
def test_the_wheel_of_the_tools_brings_all_that_it_needs(wheels: dict[str, Path], tmp_path: Path) -> None:
    run([sys.executable, "-m", "venv", "venv"], tmp_path)
    run([str(tmp_path / "venv/bin/pip"), "install", "--quiet", str(wheels["stoker_tools"])], tmp_path)
    command = tmp_path / "venv/bin/stoker"
    run([str(tmp_path / "venv/bin/pip"), "check"], tmp_path)
    assert run([str(command), "--version"], tmp_path) == "stoker 0.1.0\n"
