"""`stoker accounts orphans` and `delete-orphans`, without a project."""

import argparse
import json
from typing import Any

import pytest
from google.api_core.exceptions import NotFound

from stoker.accounts import owners_round, reconcile_owners
from stoker.accounts.owners import OwnerSource, OwnersPage
from stoker_tools.cli.accounts import arguments, commands
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode

OWNERS = [f"user-{number:02}" for number in range(40)]


class Bucket:
    """The project's bucket, if there is such a bucket."""

    name = "mine.appspot.com"

    def __init__(self) -> None:
        self.is_there = True

    def list_blobs(self, max_results: int) -> list[Any]:
        if not self.is_there:
            raise NotFound("no such bucket")
        return []


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Bucket:
    own = Bucket()
    monkeypatch.setattr(commands, "bucket", lambda: own)
    return own


@pytest.fixture
def accounts(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The accounts of a project in which each of `OWNERS` has tasks."""
    there = set(OWNERS)
    source = OwnerSource("tasks", lambda after: OwnersPage(OWNERS, None))
    monkeypatch.setattr(owners_round, "sources", lambda: [source])
    monkeypatch.setattr(owners_round, "existing", lambda uids: there & set(uids))
    monkeypatch.setattr(owners_round, "needs_deletion", lambda uid, before: True)
    return there


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The owners whose deletion was started. That of `user-07` fails."""
    begun: list[str] = []

    def start(user_id: str, occasion: str) -> str:
        if user_id == "user-07":
            raise RuntimeError("down")
        begun.append(user_id)
        return f"orphan-of-{user_id}"

    monkeypatch.setattr(reconcile_owners, "delete_orphan", start)
    return begun


def run(*words: str) -> int:
    return commands.run(arguments.parser().parse_args(words))


def test_every_owner_has_an_account(accounts: set[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("orphans") == 0
    assert capsys.readouterr().out == "Every owner has an account.\n"


@pytest.mark.parametrize(("gone", "suspicious"), [(2, False), (40, True)])
def test_the_owners_are_shown_with_the_way_to_delete_what_they_left(
    accounts: set[str], capsys: pytest.CaptureFixture[str], gone: int, suspicious: bool
) -> None:
    accounts -= set(OWNERS[:gone])
    assert run("orphans") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:-1] == OWNERS[:gone]
    assert (f"delete-orphans --confirm {gone}" in lines[-1]) == suspicious
    assert run("orphans", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown == {"orphans": OWNERS[:gone], "owners": 40, "suspicious": suspicious}


def test_what_is_confirmed_is_deleted_however_much_it_is(
    accounts: set[str], started: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    accounts -= set(OWNERS[10:])
    assert run("delete-orphans", "--confirm", "30", "--json") == 0
    assert started == OWNERS[10:]
    assert json.loads(capsys.readouterr().out) == {"jobIds": [f"orphan-of-{uid}" for uid in started], "failed": []}


def test_if_there_are_more_than_were_confirmed_nothing_is_deleted(accounts: set[str], started: list[str]) -> None:
    accounts.clear()
    with pytest.raises(CommandError, match="40 owners have no account, and you have confirmed 39"):
        run("delete-orphans", "--confirm", "39")
    assert started == []


def test_a_deletion_that_could_not_be_started_is_named(
    accounts: set[str], started: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    accounts.clear()
    assert run("delete-orphans", "--confirm", "40") == ExitCode.INCOMPLETE
    printed = capsys.readouterr()
    assert printed.out.startswith("39 jobs delete")
    assert "user-07" in printed.err


def test_a_bucket_that_there_is_not_is_named_before_anything_is_deleted(
    accounts: set[str], bucket: Bucket, started: list[str]
) -> None:
    accounts.clear()
    bucket.is_there = False
    with pytest.raises(CommandError, match=r"There is no bucket mine\.appspot\.com.*FIREBASE_CONFIG"):
        run("delete-orphans", "--confirm", "40")
    assert started == []


@pytest.mark.parametrize(
    "words",
    [(), ("--confirm",), ("--confirm", "0"), ("--confirm", "all"), ("--confirm", "9" * 5000), ("--confirm", "-1")],
)
def test_a_deletion_without_a_number_is_refused(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        arguments.parser().parse_args(["delete-orphans", *words])
    assert ended.value.code == 2
    assert "--confirm" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["orphans", "delete-orphans"])
def test_help_says_what_is_left_out_and_what_is_dangerous(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        arguments.parser().parse_args([command, "--help"])
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert ("younger than a day" if command == "orphans" else "The deleted data can't be restored") in " ".join(
        printed.split()
    )


@pytest.mark.parametrize("user", ["", "x/y", "users/ada", "x" * 129, "x" * 400, "@" + "x" * 320])
@pytest.mark.parametrize("command", ["show", "delete"])
def test_a_name_that_no_account_has_is_refused_in_a_sentence(command: str, user: str) -> None:
    options = argparse.Namespace(command=command, user=user, json=False, banned=False)
    with pytest.raises(CommandError, match="There is no user"):
        commands.run(options)
