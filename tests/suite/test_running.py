"""The suite in the hands of other tools: `with running() as emulators:`."""

import base64
import itertools
import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from processes import name_of
from stoker_tools import emulators as suite
from stoker_tools.emulators import Emulators, ports, project, running, schedules
from stoker_tools.emulators.discovery import discover
from stoker_tools.emulators.guardian import MARKER
from stoker_tools.setup.environment import ROOT
from suite.processes import marked
from waiting import until


def call(emulators: Emulators, function: str) -> str:
    """Call a function of the tests; return its answer."""
    url = f"http://{emulators.environment['STOKER_FUNCTIONS_EMULATOR']}/demo-stoker/us-central1/{function}"
    with urllib.request.urlopen(url, timeout=30) as response:
        return str(response.read().decode())


def answers(emulators: Emulators, function: str) -> bool:
    try:
        call(emulators, function)
    except urllib.error.HTTPError as error:
        error.close()
        return False
    return True


def test_a_suite_answers_and_leaves_nothing(functions: Path) -> None:
    with running(functions=functions) as emulators:
        directory, marker = emulators.log_path.parent, emulators.environment[MARKER]
        for name, host in emulators.hosts.items():
            address, _, port = host.partition(":")
            with socket.create_connection((address, int(port)), timeout=5):
                assert name in {*suite.DEFAULT, "hub", "logging"}
        worker = psutil.Process(int(call(emulators, "worker")))
        assert 'Beginning execution of "us-central1-worker"' in emulators.log_path.read_text()
        assert worker in marked(marker)
        java = [process for process in marked(marker) if name_of(process) == "java"]
        assert len(java) == 2, "Firestore, and the rules of Cloud Storage"
        orphan = psutil.Process(int(call(emulators, "leave")))
        assert orphan.name() == "sleep"
    assert not marked(marker)
    assert not directory.exists()
    assert not any(process.is_running() for process in [worker, *java])
    if sys.platform == "linux":  # elsewhere, a process can't adopt orphans
        assert not orphan.is_running()


def test_nothing_is_left_of_a_suite_whose_program_is_killed(functions: Path) -> None:
    program = (
        "import pathlib, sys, time\n"
        "from stoker_tools.emulators import running\n"
        "with running(functions=pathlib.Path(sys.argv[1])) as emulators:\n"
        "    print(emulators.environment['STOKER_SUITE'], emulators.log_path.parent, emulators.hosts['functions'])\n"
        "    sys.stdout.flush()\n"
        "    time.sleep(600)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(functions)], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        marker, directory, host = process.stdout.readline().split()
        with urllib.request.urlopen(f"http://{host}/demo-stoker/us-central1/worker", timeout=30) as response:
            worker = psutil.Process(int(response.read()))
        assert worker in marked(marker)
        process.kill()
    until(lambda: not marked(marker), 3)
    until(lambda: not Path(directory).exists(), 3)
    assert not worker.is_running()


def test_a_suite_has_the_usual_ports_and_a_second_one_random_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    reports: list[str] = []
    usual = ports.choose(list(project.DEFAULT_PORTS), {})
    monkeypatch.setattr(project, "DEFAULT_PORTS", usual)
    with (
        running(["auth"], usual_ports=True) as first,
        running(["auth"], usual_ports=True, report=reports.append) as second,
    ):
        for name in ("auth", "hub"):
            assert first.hosts[name] == f"127.0.0.1:{usual[name]}"
            assert second.hosts[name] != first.hosts[name]
        for host in (first.hosts["auth"], second.hosts["auth"]):
            with urllib.request.urlopen(f"http://{host}", timeout=5) as response:
                assert "authEmulator" in response.read().decode()
    assert any("The ports are random" in line and str(usual["auth"]) in line for line in reports)


def test_a_port_that_is_lost_to_another_program_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(ports, "is_free", lambda _: True)
        monkeypatch.setitem(project.DEFAULT_PORTS, "auth", port)
        with running(["auth"], usual_ports=True) as emulators:
            assert emulators.hosts["auth"] != f"127.0.0.1:{port}"


def test_a_misspelt_parameter_is_shown_at_the_start(functions: Path) -> None:
    (functions / ".env").write_text("STOKER_REGON=us-east1\n")
    reports: list[str] = []
    with running(["functions"], functions=functions, report=reports.append):
        assert "sets STOKER_REGON, which is no parameter of Stoker.\n" in reports[1]
    assert reports[1].endswith("Write STOKER_REGION, or remove the line.")


def test_functions_that_do_not_load_are_reported_with_their_reason(
    functions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    main = functions / "main.py"
    main.write_text(main.read_text() + "\ndef broken(:\n")
    with pytest.raises(suite.LoadError) as error, running(functions=functions):
        pass
    sentence, *output = str(error.value).splitlines()
    assert "main.py could not be loaded: SyntaxError" in sentence
    assert any("def broken(:" in line for line in output)
    assert not list(temporary.iterdir())


def test_schedules_call_their_functions_one_call_at_a_time(
    functions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = tmp_path / "notes"
    notes.touch()
    monkeypatch.setenv("NOTES", str(notes))

    def each_second(schedule: str, time_zone: str, start: datetime) -> Iterator[datetime]:
        assert (schedule, time_zone) == ("every day 03:00", "UTC")
        return (start + timedelta(seconds=number) for number in itertools.count(1))

    monkeypatch.setattr(schedules, "times", each_second)
    with running(["functions"], functions=functions):
        until(lambda: notes.read_text().count("\n") == 2)
    first, second = (datetime.fromisoformat(line) for line in notes.read_text().split())
    assert second - first >= timedelta(seconds=2.5), "the first call still ran at the times in between"
    assert datetime.now(UTC) - second < timedelta(seconds=10)


def test_changed_functions_are_loaded_anew_and_their_old_workers_end(functions: Path) -> None:
    main = functions / "main.py"
    with running(["functions"], functions=functions, schedules=False) as emulators:
        worker = psutil.Process(int(call(emulators, "worker")))
        assert not answers(emulators, "added")
        main.write_text(
            main.read_text() + "\n\n@on_request()\ndef added(request: Request) -> Response:\n    return Response()\n"
        )
        until(lambda: answers(emulators, "added"))
        until(lambda: not worker.is_running())


def test_nothing_is_left_of_a_suite_whose_guardian_is_killed() -> None:
    with running(["auth"]) as emulators:
        directory, marker = emulators.log_path.parent, emulators.environment[MARKER]
        (command_line,) = [process for process in marked(marker) if process.name() == "node"]
        guardian = command_line.parent()
        assert guardian is not None
        guardian.kill()
    assert not marked(marker)
    assert not directory.exists()


def test_emulators_that_end_too_early_are_reported(capsys: pytest.CaptureFixture[str]) -> None:
    with running(["auth"]) as emulators:
        (command_line,) = [process for process in marked(emulators.environment[MARKER]) if process.name() == "node"]
        command_line.kill()
        emulators.wait()
    assert "the emulators ended too early" in capsys.readouterr().err


LISTENING = """
import os, pathlib
from firebase_functions.pubsub_fn import on_message_published

@on_message_published(topic='news')
def listen(event):
    pathlib.Path(os.environ['NOTES']).write_text(event.data.message.data)
"""


def test_the_emulator_for_topics_also_runs_after_a_port_was_lost(
    functions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (functions / "main.py").write_text(LISTENING)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr(ports, "is_free", lambda _: True)
        monkeypatch.setitem(project.DEFAULT_PORTS, "auth", taken.getsockname()[1])
        with running(functions=functions, usual_ports=True) as emulators:
            assert "pubsub" in emulators.hosts


def test_functions_that_listen_to_topics_get_the_emulator_for_them(
    functions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = tmp_path / "notes"
    monkeypatch.setenv("NOTES", str(notes))
    (functions / "main.py").write_text(LISTENING)
    with running(functions=functions) as emulators:
        body = json.dumps({"messages": [{"data": base64.b64encode(b"hello").decode()}]}).encode()
        url = f"http://{emulators.hosts['pubsub']}/v1/projects/demo-stoker/topics/news:publish"
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10):
            until(lambda: notes.exists() and notes.read_text())
    assert base64.b64decode(notes.read_text()) == b"hello"


def test_the_settings_of_the_functions_are_there_when_they_load(functions: Path, tmp_path: Path) -> None:
    (functions / ".env").write_text("# a comment\nSCHEDULE='every 5 minutes' # of each hour\n")
    main = functions / "main.py"
    main.write_text(main.read_text().replace('schedule="every day 03:00"', 'schedule=os.environ["SCHEDULE"]'))
    environment = {**os.environ, "TMPDIR": str(tmp_path), "GCLOUD_PROJECT": "demo-stoker"}
    manifest = discover(functions, ROOT / "functions/venv/bin/python", environment)
    assert [declared.schedule for declared in manifest.schedules] == ["every 5 minutes"]
