"""The connection of a command to a project, or to a suite."""

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from stoker_tools.cli import connection
from stoker_tools.cli.connection import HOSTS, connect
from stoker_tools.emulators.sharing import offered
from stoker_tools.errors import CommandError

Variables = dict[str, str]


@pytest.fixture(autouse=True)
def _outside(tmp_path: Path) -> Iterator[None]:
    """A shell that knows no suite, in a checkout in which no suite runs."""
    with mock.patch.dict(os.environ, {"STOKER_SUITE_FILE": str(tmp_path / "suite.json")}):
        for variable in (*HOSTS.values(), "GCLOUD_PROJECT", "FIREBASE_CONFIG"):
            os.environ.pop(variable, None)
        yield


@pytest.fixture
def suite() -> Iterator[Variables]:
    """The variables of a suite whose Firestore answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield dict.fromkeys(HOSTS.values(), f"127.0.0.1:{server.getsockname()[1]}")


def in_environment() -> Variables:
    return {variable: os.environ[variable] for variable in HOSTS.values() if os.environ.get(variable)}


def test_a_command_reaches_the_suite_of_the_checkout_with_all_services(suite: Variables) -> None:
    with offered(HOSTS, suite):
        assert connect(emulator=True, project=None) == "demo-stoker"
        assert in_environment() == suite


def test_the_files_of_the_functions_are_read_as_the_firebase_cli_reads_them(
    suite: Variables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "functions_folder", lambda: tmp_path)
    (tmp_path / ".env").write_text("STOKER_A_VALUE=${HOME}/a\nSTOKER_ANOTHER=usual\n")
    (tmp_path / ".env.demo-stoker").write_text("STOKER_ANOTHER=of the project\n")
    with offered(HOSTS, suite):
        connect(emulator=True, project=None)
    assert (os.environ["STOKER_A_VALUE"], os.environ["STOKER_ANOTHER"]) == ("${HOME}/a", "of the project")


@pytest.mark.parametrize("missing", HOSTS)
def test_a_suite_of_the_checkout_without_a_service_is_refused(missing: str, suite: Variables) -> None:
    del suite[HOSTS[missing]]
    with offered(suite, suite), pytest.raises(CommandError, match=rf"runs without {missing} \({HOSTS[missing]}\)"):
        connect(emulator=True, project="production")


@pytest.mark.parametrize("emulator", [False, True])
@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize("missing", HOSTS)
def test_inside_a_suite_without_a_service_a_command_is_refused(
    missing: str, value: str | None, emulator: bool, suite: Variables
) -> None:
    del suite[HOSTS[missing]]
    os.environ.update(suite if value is None else {**suite, HOSTS[missing]: value})
    with pytest.raises(CommandError, match=rf"runs without {missing} \({HOSTS[missing]}\)"):
        connect(emulator, project="production")


@pytest.mark.parametrize("only", HOSTS)
def test_inside_a_suite_of_one_service_the_others_are_named(only: str, suite: Variables) -> None:
    os.environ[HOSTS[only]] = suite[HOSTS[only]]
    with pytest.raises(CommandError) as refusal:
        connect(emulator=False, project="production")
    assert all((variable in str(refusal.value)) == (name != only) for name, variable in HOSTS.items())


def test_without_a_suite_every_service_has_its_usual_port() -> None:
    with contextlib.suppress(CommandError):  # Perhaps nothing listens on the port of Firestore.
        connect(emulator=True, project=None)
    assert all("127.0.0.1:" in address for address in in_environment().values())
    assert in_environment().keys() == set(HOSTS.values())
