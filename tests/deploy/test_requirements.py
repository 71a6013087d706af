"""`functions/requirements.txt`, from which Google's builder installs the deployed functions."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import missing
from stoker_tools.setup import pythons
from stoker_tools.setup.environment import ROOT

REQUIREMENTS = ROOT / "functions" / "requirements.txt"
INSTALLERS = {"pip", "setuptools"}
"""Packages that Python itself puts into a virtual environment. The builder's image has them too."""

LIST = """
from importlib.metadata import distributions
for each in distributions():
    print(each.name, each.version)
"""

BUILDER = (
    *("install", "--requirement", "requirements.txt", "--upgrade", "--upgrade-strategy", "only-if-needed"),
    *("--no-warn-script-location", "--no-warn-conflicts", "--force-reinstall", "--no-compile"),
    *("--disable-pip-version-check", "--no-cache-dir"),
)
"""The arguments that the builder gives pip for Pythons before 3.14. It also gives `--user`, which a virtual environment
refuses.
Source: basePipInstallArgs in
https://github.com/GoogleCloudPlatform/buildpacks/blob/21f28de8c499445ef1098016bfce35b16415e4b1/pkg/python/python.go"""

FRAMEWORK = r"(?m)^functions-framework\b([^-]|$)"
"""The pattern by which the builder finds functions-framework. Without it, it adds a version of its own.
Source: packageRegex in
https://github.com/GoogleCloudPlatform/buildpacks/blob/21f28de8c499445ef1098016bfce35b16415e4b1/pkg/python/dependencies.go"""


def normalized(name: str) -> str:
    """Return a package's name in the form of https://packaging.python.org/en/latest/specifications/name-normalization/."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed(python: Path) -> dict[str, str]:
    """Return the packages of a Python without those that install others: version by name."""
    found = subprocess.run([str(python), "-c", LIST], capture_output=True, text=True, check=True).stdout
    packages = dict(line.split() for line in found.splitlines())
    return {normalized(name): version for name, version in packages.items() if name not in INSTALLERS}


def pinned() -> dict[str, str]:
    """Return the packages of requirements.txt: version by name."""
    pins = re.findall(r"(?m)^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)", REQUIREMENTS.read_text())
    return {normalized(name): version for name, version in pins}


def test_every_installed_package_is_pinned() -> None:
    python = ROOT / "functions" / "venv" / "bin" / "python"
    if not python.exists():
        missing("functions/venv")
    assert installed(python).items() <= pinned().items()


def test_every_pin_has_hashes_and_no_file_has_an_address() -> None:
    text = REQUIREMENTS.read_text().replace("\\\n", " ")
    requirements = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert len(requirements) == len(pinned())
    assert [line for line in requirements if "--hash=sha256:" not in line] == []
    assert "://" not in text


def test_the_builder_finds_the_functions_framework() -> None:
    assert re.search(FRAMEWORK, REQUIREMENTS.read_text())


@pytest.fixture
def deployed_python() -> Path:
    """The Python that the functions are deployed on."""
    runtime = json.loads((ROOT / "firebase.json").read_text())["functions"][0]["runtime"]
    version = f"3.{runtime.removeprefix('python3')}"
    python = pythons.find(version)
    if python is None:
        missing(f"Python {version}")
    assert python is not None
    return python


GLIBC = range(5, 36)
"""The minor versions of glibc 2 whose wheels the deployed functions can use. Their image is google-22, which is Ubuntu
22.04 with glibc 2.35.
Source: https://cloud.google.com/run/docs/runtimes/python"""


@pytest.mark.soak
def test_each_package_has_a_wheel_for_the_deployed_functions(tmp_path: Path) -> None:
    python, wheels = tmp_path / "venv" / "bin" / "python", tmp_path / "wheels"
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    # pip looks for wheels of another Python only if it need not find each package's own packages.
    wanted = ("--only-binary=:all:", "--no-deps", "--python-version=3.13", "--implementation=cp")
    platforms = [f"--platform=manylinux_2_{minor}_x86_64" for minor in GLIBC]
    files = ("--require-hashes", "--requirement", str(REQUIREMENTS), "--dest", str(wheels))
    command = [str(python), "-m", "pip", "download", *wanted, *platforms, *files, "--disable-pip-version-check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {normalized(wheel.name.split("-")[0]) for wheel in wheels.iterdir()} == set(pinned())


@pytest.mark.soak
@pytest.mark.parametrize("options", [[], ["--require-hashes"]], ids=["as it is", "hashes required"])
def test_the_builder_installs_it(options: list[str], deployed_python: Path, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_bytes(REQUIREMENTS.read_bytes())
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())  # the builder ignores it
    python = tmp_path / "venv" / "bin" / "python"
    for command in (
        [str(deployed_python), "-m", "venv", str(tmp_path / "venv")],
        [str(python), "-m", "pip", *BUILDER, *options],
        [str(python), "-m", "pip", "check"],
    ):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=280, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    assert installed(python) == pinned()
