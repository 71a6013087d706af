"""The command `stoker demo`, with a suite and a user that do nothing."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from stoker_tools import emulators
from stoker_tools.cli import demo
from stoker_tools.emulators import command, sharing
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.samples import user
from stoker_tools.setup import environment

VARIABLES = {"FIRESTORE_EMULATOR_HOST": "127.0.0.1:8080"}


class DemoUser:
    """A user whose job is completed at once.

    Attributes:
        id: The uid.
        at_job: Called while the job runs.
    """

    id = "ada"

    def __init__(self, at_job: Callable[[], None]) -> None:
        self.at_job = at_job

    def sign_up(self) -> "DemoUser":
        """Return the user."""
        return self

    def upload(self, file: Path, _content_type: str) -> str:
        """Return the name of an object."""
        return file.name

    def write_job(self, _job_input: object) -> str:
        """Return the id of a job."""
        return "job-1"

    def watch(self, _job_id: str) -> Iterator[dict[str, Any]]:
        """Yield the job at its end."""
        self.at_job()
        yield {"status": "completed", "output": {"files": []}}


@pytest.mark.parametrize("keep", [False, True])
def test_a_suite_is_offered_only_while_it_waits_for_ctrl_c(
    keep: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: dict[str, dict[str, str]] = {}

    def look(moment: str) -> None:
        found[moment] = sharing.found()

    @contextlib.contextmanager
    def running(**_: object) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(
            hosts={"firestore": "127.0.0.1:8080"},
            environment=VARIABLES,
            describe=lambda: "",
            wait=lambda _show: look("waiting"),
        )

    film = tmp_path / "film.mp4"
    film.write_bytes(b"film")
    monkeypatch.setenv("STOKER_SUITE_FILE", str(tmp_path / "suite.json"))
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "")  # The demo sets it, and the end of the test restores it.
    monkeypatch.setattr(environment, "enter", lambda *_: None)
    monkeypatch.setattr(command, "end_in_order", lambda: None)
    monkeypatch.setattr(emulators, "running", running)
    monkeypatch.setattr(user, "SampleUser", DemoUser(lambda: look("job")))
    monkeypatch.setattr(demo, "OUTPUT", tmp_path / "output")
    assert demo.main([str(film), *(["--keep"] if keep else [])]) == 0
    assert found == {"job": {}, **({"waiting": VARIABLES} if keep else {})}


def test_a_film_that_does_not_exist_is_named_with_its_exit_code(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"film\.mp4' does not exist: name a film") as refused:
        demo.main([str(tmp_path / "film.mp4")])
    assert refused.value.exit_code == ExitCode.NOTHING_THERE


def test_a_folder_is_no_film(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        demo.main([str(tmp_path)])
    assert ended.value.code == ExitCode.USAGE
    assert "is not a file: name a film" in capsys.readouterr().err
