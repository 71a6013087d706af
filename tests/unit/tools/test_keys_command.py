"""`stoker keys` lists, rotates and revokes keys, says what happens to what they signed, and never shows a secret."""

import json
import sys
from datetime import UTC, datetime, timedelta

import pytest

from stoker.errors import KeyringDamaged
from stoker.firestore.writes import Create
from stoker.signing.keyring_store import KeyringStore
from stoker_tools.cli.keys import commands
from stoker_tools.cli.keys.arguments import parser
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from unit.signing.rings import Clock, CountedReads


class Project:
    """A project in memory, and the command on it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.documents = CountedReads()
        self.clock = Clock()
        self.clock.time = datetime.now(UTC) - timedelta(days=30)
        self.store = KeyringStore(self.documents, self.clock)
        self._capsys = capsys
        monkeypatch.setattr(commands, "keyring_store", lambda: self.store)

    def run(self, *arguments: str) -> str:
        """Run the command; return its output. Its exit code must be 0."""
        options = parser().parse_args(arguments)
        commands.check(options, parser().error)
        assert commands.run(options) == ExitCode.DONE
        return self._capsys.readouterr().out

    def ids(self) -> list[str]:
        """Return the ids of the keys in the database, the oldest first."""
        return [key.id for key in self.store.find() or ()]


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Project:
    return Project(monkeypatch, capsys)


def test_a_list_makes_no_keyring(project: Project) -> None:
    assert project.run("list") == "There is no keyring yet. Its first use makes it, or: scripts/keys rotate\n"
    assert json.loads(project.run("list", "--json")) == {"current": None, "keys": []}
    assert project.ids() == []


def test_a_list_has_ids_and_ages_the_newest_first_and_no_secret(project: Project) -> None:
    first = project.store.ring().current
    project.clock.go_on(20 * 86400)
    ring = project.store.rotate().ring
    _, newer, older = project.run("list").splitlines()
    assert newer.split() == [ring.current, f"{project.clock.time:%Y-%m-%d}", newer.split()[2], "10", "days", "current"]
    assert (older.split()[0], older.split()[-2:]) == (first, ["30", "days"])
    printed = project.run("list", "--json")
    listed = json.loads(printed)
    assert listed["current"] == ring.current
    assert [set(one) for one in listed["keys"]] == [{"id", "createdAt"}] * 2
    assert "secret" not in printed


def test_a_rotation_says_what_stays_valid(project: Project) -> None:
    first = project.store.ring().current
    printed = project.run("rotate")
    [old, new] = project.ids()
    assert old == first
    assert printed == (
        f"The new key {new} signs from now on. Functions that run follow within 5 minutes.\n"
        "What 1 older key signed stays valid until it expires.\n"
    )
    answer = json.loads(project.run("rotate", "--json"))
    assert answer["dropped"] == []
    assert [one["id"] for one in answer["keys"]] == [answer["current"], new, first]


def test_the_first_rotation_makes_the_keyring(project: Project) -> None:
    assert project.run("rotate").count("\n") == 1
    assert len(project.ids()) == 1


def test_a_rotation_says_which_key_it_drops(project: Project) -> None:
    first = project.store.ring().current
    for _ in range(4):
        project.run("rotate")
    printed = project.run("rotate")
    assert f"The oldest key {first} was dropped, because a keyring has at most 5 keys.\n" in printed
    assert f"What {first} has signed is refused after at most 5 minutes.\n" in printed
    assert "4 older keys" in printed


def test_all_old_keys_are_revoked_in_one_step(project: Project) -> None:
    project.store.ring()
    project.run("rotate")
    project.run("rotate")
    *old, current = project.ids()
    printed = project.run("revoke", "--all-old", "--yes")
    assert printed == f"2 keys revoked: {', '.join(old)}. Functions that run follow within 5 minutes.\n"
    assert project.ids() == [current]
    assert project.run("revoke", "--all-old", "--yes") == "There are no old keys.\n"


def test_one_key_is_revoked(project: Project) -> None:
    project.store.ring()
    project.run("rotate")
    project.run("rotate")
    first, second, third = project.ids()
    answer = json.loads(project.run("revoke", second, "--yes", "--json"))
    assert answer["revoked"] == [second]
    assert project.ids() == [first, third]


def test_without_a_keyring_there_are_no_old_keys(project: Project) -> None:
    assert project.run("revoke", "--all-old", "--yes") == "There are no old keys.\n"
    assert project.ids() == []


@pytest.mark.parametrize("key_id", ["00000000", "", "x" * 1000, "\x1b[31m"])
@pytest.mark.parametrize("has_ring", [False, True])
def test_a_key_that_is_not_there_is_named(key_id: str, has_ring: bool, project: Project) -> None:
    if has_ring:
        project.store.ring()
    with pytest.raises(CommandError, match=r"There is no key '.*', so nothing was revoked.*keys list") as refused:
        project.run("revoke", key_id, "--yes")
    assert refused.value.exit_code == ExitCode.NOTHING_THERE
    assert "\x1b" not in str(refused.value)


def test_the_current_key_is_not_revoked(project: Project) -> None:
    current = project.store.ring().current
    with pytest.raises(CommandError, match=f"{current} is the current key, .* Make a new key first: .*keys rotate"):
        project.run("revoke", current, "--yes")
    assert project.ids() == [current]


@pytest.mark.parametrize(("answer", "is_revoked"), [("y", True), ("YES", True), ("", False), ("n", False)])
def test_a_person_is_asked_before_a_revocation(
    answer: str, is_revoked: bool, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = project.store.ring().current
    current = project.store.rotate().ring.current
    asked: list[str] = []
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)

    def reply(question: str) -> str:
        asked.append(question)
        return answer

    monkeypatch.setattr("builtins.input", reply)
    printed = project.run("revoke", first)
    assert asked == ["Revoke 1 key? [y/N] "]
    assert printed.startswith(f"Everything that {first} signed will be refused after at most 5 minutes.\n")
    assert ("Nothing was revoked." in printed) == (not is_revoked)
    assert project.ids() == ([current] if is_revoked else [first, current])


def test_without_a_terminal_nothing_is_revoked_unless_yes_is_said(project: Project) -> None:
    first = project.store.ring().current
    current = project.store.rotate().ring.current
    with pytest.raises(CommandError, match="without a terminal, say --yes") as refused:
        project.run("revoke", "--all-old")
    assert refused.value.exit_code == ExitCode.USAGE
    assert project.ids() == [first, current]


@pytest.mark.parametrize(
    "arguments",
    [("revoke",), ("revoke", "00000000", "--all-old"), ("revoke", "--all-old", "--json"), (), ("make",)],
    ids=str,
)
def test_a_wrong_command_line_is_refused(arguments: tuple[str, ...], project: Project) -> None:
    with pytest.raises(SystemExit) as end:
        project.run(*arguments)
    assert end.value.code == ExitCode.USAGE


def test_a_damaged_keyring_is_named_and_stays(project: Project) -> None:
    project.documents.commit([Create("serverKeys/keyring", {"keys": []})])
    for arguments in (("list",), ("rotate",), ("revoke", "--all-old", "--yes")):
        with pytest.raises(KeyringDamaged, match="serverKeys/keyring can't be read"):
            project.run(*arguments)
    found = project.documents.get("serverKeys/keyring")
    assert found is not None
    assert found.data == {"keys": []}
