"""The command `stoker emulators`, as a user runs it."""

import os
import shutil
import signal
import subprocess
import urllib.request
from pathlib import Path

import pytest

from stoker_tools.emulators.guardian import MARKER
from stoker_tools.emulators.sharing import borrowed, found
from stoker_tools.setup.environment import ROOT
from suite.processes import marked
from waiting import until

COMMAND = str(ROOT / "scripts" / "emulators")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file by which the test's suite is found, apart from a suite that the checkout runs."""
    path = tmp_path / "suite.json"
    monkeypatch.setenv("STOKER_SUITE_FILE", str(path))
    return path


def test_a_command_gets_the_variables_and_gives_its_exit_code(tmp_path: Path) -> None:
    script = 'printf "%s %s" "$GCLOUD_PROJECT" "$FIREBASE_AUTH_EMULATOR_HOST"; exit 7'
    facts = tmp_path / "facts.json"
    done = subprocess.run(
        [COMMAND, "--only", "auth", "--write", str(facts), "--", "sh", "-c", script],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 7
    project, host = done.stdout.split()
    assert project == "demo-stoker"
    assert f'"auth": "{host}"' in facts.read_text()
    assert "Starting the emulators: auth." in done.stderr


def test_a_suite_that_ends_with_its_command_is_not_offered_to_other_commands(state: Path) -> None:
    done = subprocess.run([COMMAND, "--only", "auth", "--", "test", "!", "-e", str(state)], check=False)
    assert done.returncode == 0


def test_a_command_that_a_signal_ends_gives_the_exit_code_that_a_shell_gives() -> None:
    done = subprocess.run([COMMAND, "--only", "auth", "--", "sh", "-c", "kill -9 $$"], check=False)
    assert done.returncode == 128 + signal.SIGKILL


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_nothing_is_left_after_a_signal(ending: signal.Signals, tmp_path: Path) -> None:
    started, temporary = tmp_path / "started", tmp_path / "tmp"
    temporary.mkdir()
    # An interrupted command is left to end in its own way: this one does not.
    script = f"trap '' INT; echo ${MARKER} > {started}.part; mv {started}.part {started}; sleep 600 & wait; sleep 600"
    process = subprocess.Popen(
        [COMMAND, "--only", "auth", "--", "sh", "-c", script],
        env={**os.environ, "TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    with process:
        try:
            until(started.exists, 60)  # A busy machine starts the emulators slowly.
            marker = started.read_text().strip()
            assert marked(marker)
            if ending == signal.SIGINT:
                os.killpg(process.pid, ending)  # as a terminal does
                with pytest.raises(subprocess.TimeoutExpired):
                    process.wait(0.5)  # the command is left to its own end
                os.killpg(process.pid, ending)
            else:
                process.send_signal(ending)
            # The guardian shares its standard error: when that is closed, it has ended too.
            assert b"Traceback" not in process.communicate(timeout=10)[1]
        finally:
            process.kill()
    assert process.returncode in {128 + ending, -ending}
    assert not marked(marker)
    assert not list(temporary.iterdir())
    assert found() == {}


def test_a_suite_that_runs_until_ctrl_c_can_be_borrowed(tmp_path: Path, state: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary)}
    with subprocess.Popen([COMMAND, "--only", "auth"], env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert any(line.startswith("Ctrl-C") for line in process.stdout)
            with borrowed(["auth"]) as variables:
                address = f"http://{variables['FIREBASE_AUTH_EMULATOR_HOST']}"
                with urllib.request.urlopen(address, timeout=5) as response:
                    assert "authEmulator" in response.read().decode()
                process.send_signal(signal.SIGINT)
                process.communicate(timeout=10)
        finally:
            process.kill()
        with borrowed(["auth"]) as variables:
            assert variables == {}
    assert not list(temporary.iterdir())
    assert not state.exists()


def test_help_needs_nothing_installed(tmp_path: Path) -> None:
    for part in ("scripts", "tools"):
        shutil.copytree(ROOT / part, tmp_path / part)
    for name in ("emulators", "test"):
        done = subprocess.run([tmp_path / "scripts" / name, "--help"], capture_output=True, text=True, check=False)
        assert done.returncode == 0
        assert f"scripts/{name}" in done.stdout
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["scripts", "tools"]


def test_a_missing_python_is_reported_in_a_sentence() -> None:
    environment = {**os.environ, "STOKER_PYTHON": "false"}
    done = subprocess.run([COMMAND, "--help"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "STOKER_PYTHON" in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_unknown_emulator_is_reported_in_a_sentence() -> None:
    done = subprocess.run([COMMAND, "--only", "auth,mainframe"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "mainframe" in done.stderr
    assert done.stderr.count("\n") == 1
