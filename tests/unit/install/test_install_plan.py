"""The plans of install, update and uninstall, and the commands that carry them out."""

import contextlib
import json
import os
import pty
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from stoker_tools.cli import stoker
from stoker_tools.cli.install import commands
from stoker_tools.deploy.service_account import remember
from stoker_tools.exit_codes import ExitCode
from stoker_tools.install import installed
from stoker_tools.install.diff import shown
from stoker_tools.install.errors import InstallError
from stoker_tools.install.installed import Installed
from stoker_tools.install.journal import Change, Journal
from stoker_tools.install.plan import AppState, Choices, Plan, installation
from stoker_tools.install.wish import Wished
from stoker_tools.setup.place import STAMP
from unit.install.example_app import make_app, tree, wish

Run = Callable[..., int]
OTHER_RULES = "match /tasks/{id} {\n  allow get;\n}\n"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    make_app(tmp_path)
    return tmp_path


@pytest.fixture
def run(app: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs a command in the app, with what is wished there."""
    monkeypatch.chdir(app)
    monkeypatch.setattr("stoker_tools.setup.environment.enter", lambda _places: None)

    def run(words: str, wished: Wished | None = None) -> int:
        def planned(_root: Path, state: AppState, record: Installed | None, choices: Choices, whole: Wished) -> Plan:
            return installation(state, whole, record, choices)

        monkeypatch.setattr(commands, "wished", lambda _root, _record: wished or wish())
        monkeypatch.setattr(commands, "planned", planned)
        return stoker.main(words.split())

    return run


def test_installing_twice_changes_nothing_and_says_so(run: Run, app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("install . --yes") == ExitCode.DONE
    after = tree(app)
    capsys.readouterr()
    assert run("install . --yes") == ExitCode.DONE
    assert capsys.readouterr().out.endswith("is installed already. Nothing was changed.\n")
    assert tree(app) == after
    assert run("update") == ExitCode.DONE
    assert tree(app) == after


def test_every_byte_of_the_app_stays(run: Run, app: Path) -> None:
    before = tree(app)
    assert run("install . --yes") == ExitCode.DONE
    after = tree(app)
    assert {path: after[path] for path in before if path not in ("firebase.json", "rules/app.rules")} == {
        path: state for path, state in before.items() if path not in ("firebase.json", "rules/app.rules")
    }
    assert after["rules/app.rules"][0] == 0o600
    assert (
        b"        match /posts/{post} { allow read; } // }\r\n\r\n        // BEGIN stoker"
        in after["rules/app.rules"][1]
    )
    assert set(after) - set(before) == {
        *(".stoker", ".stoker/installed.json", ".stoker/predeploy.cjs", "clients", "clients/stoker"),
        *("clients/stoker/stoker.d.ts", "functions-stoker", "functions-stoker/.env", "functions-stoker/main.py"),
        *("functions-stoker/stoker-1.0.0.whl", "firestore.indexes.json", "storage.rules"),
    }


def test_uninstall_takes_out_exactly_what_was_put_in(run: Run, app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = tree(app)
    run("install . --yes")
    run("update --yes", wish("2.0.0", OTHER_RULES))
    manifest = "specVersion: v1\nendpoints:\n  getjob:\n    region: x\n  sweep:\n    region: x\nrequiredAPIs: []\n"
    (app / "functions-stoker/functions.yaml").write_text(manifest)
    assert run("uninstall --yes") == ExitCode.DONE
    said = capsys.readouterr().out
    assert "Your data stays" in said
    assert "firebase functions:delete getjob sweep" in said
    assert "These folders stay, because they hold other files: functions-stoker." in said
    (app / "functions-stoker/functions.yaml").unlink()
    (app / "functions-stoker").rmdir()
    assert tree(app) == before


def test_uninstall_removes_what_generate_and_deploy_have_added(run: Run, app: Path) -> None:
    before = tree(app)
    run("install . --yes")
    remember(app / "functions-stoker")
    packages = app / "functions-stoker" / "venv" / "lib"
    packages.mkdir(parents=True)
    (packages.parent / STAMP).write_text("0123")
    assert run("uninstall --yes") == ExitCode.DONE
    assert tree(app) == before


def test_uninstall_keeps_an_environment_that_stoker_has_not_made(run: Run, app: Path) -> None:
    run("install . --yes")
    (app / "functions-stoker" / "venv").mkdir()
    assert run("uninstall --yes") == ExitCode.DONE
    assert (app / "functions-stoker" / "venv").is_dir()


def test_uninstall_keeps_what_the_app_has_changed(run: Run, app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("install . --yes")
    (app / "functions-stoker/main.py").write_text("mine")
    assert run("uninstall --yes") == ExitCode.DONE
    assert (app / "functions-stoker/main.py").read_text() == "mine"
    assert "functions-stoker/main.py stays, because you have changed it." in capsys.readouterr().out


def test_update_renews_files_and_leaves_those_of_the_app(run: Run, app: Path) -> None:
    run("install . --yes")
    (app / "functions-stoker/main.py").write_text("mine")
    (app / "functions-stoker/.env").unlink()
    assert run("update --yes", wish("2.0.0", OTHER_RULES)) == ExitCode.DONE
    assert (app / "functions-stoker/main.py").read_text() == "mine"
    assert not (app / "functions-stoker/.env").exists()
    assert not (app / "functions-stoker/stoker-1.0.0.whl").exists()
    assert (app / "functions-stoker/stoker-2.0.0.whl").exists()
    assert '"runtime": "python2.0.0"' in (app / "firebase.json").read_text()
    assert "allow get;" in (app / "rules/app.rules").read_text()


@pytest.mark.parametrize(("path", "old", "new"), [
    ("rules/app.rules", "allow read;\r\n", "allow write;\r\n"),
    (".stoker/predeploy.cjs", "// 1.0.0", "// mine"),
])  # fmt: skip
def test_an_edit_by_hand_is_shown_and_never_overwritten_unasked(
    path: str, old: str, new: str, run: Run, app: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("install . --yes")
    edited = (app / path).read_bytes().decode().replace(old, new)
    (app / path).write_bytes(edited.encode())
    before = tree(app)
    assert run("update --yes") == ExitCode.DONE, "there is nothing new"
    assert f"{path}: your edits of Stoker's part stay." in capsys.readouterr().out
    newer = wish("2.0.0", OTHER_RULES)
    assert run("update --yes", newer) == ExitCode.INCOMPLETE
    said = capsys.readouterr()
    assert f"+{new.strip()}" in said.out.replace("  ", "")
    assert f"--overwrite {path}" in said.err
    assert tree(app) == before
    assert run("uninstall --yes") == ExitCode.INCOMPLETE
    assert tree(app) == before
    assert run("update --yes --keep-edits", newer) == ExitCode.DONE
    assert (app / path).read_bytes().decode() == edited
    assert run("update --yes", newer) == ExitCode.DONE, "the edits are known now"
    assert run(f"update --yes --overwrite {path}", newer) == ExitCode.DONE
    assert new not in (app / path).read_bytes().decode()


def test_the_region_moves_to_the_file_that_is_named_now(run: Run, app: Path) -> None:
    before = (app / "rules/app.rules").read_bytes()
    run("install . --yes")
    (app / "firebase.json").write_text((app / "firebase.json").read_text().replace("rules/app.rules", "other.rules"))
    (app / "other.rules").write_bytes(before)
    assert run("update --yes") == ExitCode.DONE
    assert (app / "rules/app.rules").read_bytes() == before
    assert b"// BEGIN stoker" in (app / "other.rules").read_bytes()
    assert run("uninstall --yes") == ExitCode.DONE
    assert (app / "other.rules").read_bytes() == before


def test_a_region_in_other_indentation_is_no_edit(run: Run, app: Path) -> None:
    run("install . --yes")
    rules = app / "rules/app.rules"
    rules.write_bytes(rules.read_bytes().replace(b"\r\n", b"\n").replace(b"    ", b"\t"))
    before = tree(app)
    assert run("update --yes") == ExitCode.DONE
    assert tree(app) == before
    assert run("update --yes", wish("2.0.0", OTHER_RULES)) == ExitCode.DONE
    assert b"\n\t\t// BEGIN stoker" in rules.read_bytes()
    assert b"\t\t\tallow get;\n" in rules.read_bytes()


def test_without_a_terminal_nothing_is_changed_unasked(run: Run, app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = tree(app)
    assert run("install .") == ExitCode.USAGE
    said = capsys.readouterr()
    assert '+      "codebase": "stoker"' in said.out
    assert said.err == "Nothing was changed: without a terminal, say --yes or --dry-run.\n"
    assert run("install . --dry-run") == ExitCode.DONE
    assert tree(app) == before


def test_the_result_as_json(run: Run, app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("install . --yes --json") == ExitCode.DONE
    printed = json.loads(capsys.readouterr().out)
    kinds = {change["path"]: change["kind"] for change in printed["changes"]}
    assert printed["done"]
    assert (kinds["firebase.json"], kinds["storage.rules"]) == ("changed", "new")
    with pytest.raises(SystemExit):
        run("install . --json")


def test_all_conflicts_are_said_at_once_and_nothing_is_changed(
    run: Run, app: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (app / "clients/stoker").mkdir(parents=True)
    (app / "clients/stoker/stoker.d.ts").write_text("mine")
    (app / "rules/app.rules").write_text("rules_version = '2'; service cloud.firestore { }")
    before = tree(app)
    assert run("install . --yes") == ExitCode.FAILED
    said = capsys.readouterr().err
    assert "rules/app.rules has no block `match /databases/{database}/documents" in said
    assert "clients/stoker/stoker.d.ts exists already" in said
    assert said.endswith("Nothing was changed.\n")
    assert tree(app) == before


def test_an_older_version_does_not_replace_a_newer_one(run: Run, app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("install . --yes", wish("10.2.0"))
    assert run("update --yes", wish("9.0.0")) == ExitCode.FAILED
    assert "The app has Stoker 10.2.0, and this command is of version 9.0.0." in capsys.readouterr().err


@pytest.mark.parametrize("words", ["update --yes", "uninstall --yes", "install missing --yes"])
def test_an_app_without_stoker_is_said(words: str, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == ExitCode.NOTHING_THERE
    assert "install" in capsys.readouterr().err or words.startswith("install")


def test_rules_of_storage_are_left_out_if_stoker_needs_none(run: Run, app: Path) -> None:
    wished = replace(wish(), storage_rules="", firebase=replace(wish().firebase, storage_rules=""))
    run("install . --yes", wished)
    assert not (app / "storage.rules").exists()
    assert "storage" not in (app / "firebase.json").read_text()


RECORD = Installed("1.0.0", "functions", {"a": "0"}, generated=("b",), directories=("c",))


def test_the_record_is_read_as_it_was_written(run: Run, app: Path) -> None:
    assert installed.read(installed.written(RECORD)) == RECORD
    run("install . --yes")
    content = (app / installed.FILE).read_bytes()
    assert installed.written(installed.read(content)) == content


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda text: text[:50], "is damaged: it is no JSON."),
        (lambda text: "[]", "is damaged: the file is no object."),
        (lambda text: text.replace('"format": 1', '"format": 2'), "was written by a newer version of Stoker."),
        (lambda text: text.replace('"folder"', '"fold"'), "is damaged: the file lacks folder."),
        (lambda text: text.replace('"a": "0"', '"a": 0'), "is damaged: a value of files is no text."),
        (lambda text: text.replace('"a": "0"', '"../a": "0"'), "is damaged: the path ../a leads out of the app."),
        (lambda text: text.replace('"regions": {}', '"regions": {"x": {}}'), "is damaged: regions.x lacks text."),
    ],
)
def test_a_damaged_record_is_refused(change: Callable[[str], str], reason: str) -> None:
    with pytest.raises(InstallError) as refused:
        installed.read(change(installed.written(RECORD).decode()).encode())
    assert reason in str(refused.value)


@pytest.mark.parametrize(("answer", "is_changed"), [("y\n", True), ("\n", False)])
def test_at_a_terminal_it_asks(answer: str, is_changed: bool, app: Path, run: Run) -> None:
    """A child process has the terminal, because pytest keeps the output of this one."""
    before = tree(app)
    child, terminal = pty.fork()
    if not child:
        code = 1
        try:
            sys.stdin, sys.stdout = os.fdopen(0), os.fdopen(1, "w")
            code = run("install .")
            sys.stdout.flush()
        finally:
            os._exit(code)
    os.write(terminal, answer.encode())
    shown = b""
    with contextlib.suppress(OSError):  # At its end, a terminal is an error and no end of file.
        while part := os.read(terminal, 10_000):
            shown += part
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert b"Change these files? [y/N]" in shown
    assert b"\033[32m" in shown, "added lines are green"
    assert (tree(app) != before) == is_changed


def test_the_record_is_shown_without_a_diff() -> None:
    """It repeats whole regions of the rules, in single lines."""
    changes = [Change(installed.FILE, b"{}\n", b'{"a": 1}\n'), Change("main.py", b"a\n", b"b\n")]
    lines = shown(changes, is_coloured=False).splitlines()
    assert lines[-1] == f"changed  {installed.FILE} (1 line)"
    assert lines[-3:-1] == ["-a", "+b"]


def test_an_edit_that_a_generation_leaves_is_asked_about_by_the_next_update(app: Path) -> None:
    """The new rules may be stricter. They must not be forgotten."""
    state = commands.state_of(app)
    Journal(app).carry_out(installation(state, wish(), None, Choices()).changes)
    rules = app / "rules/app.rules"
    rules.write_bytes(rules.read_bytes().replace(b"allow read;", b"allow write;"))
    record = installed.read((app / installed.FILE).read_bytes())
    newer = wish(rules=OTHER_RULES)
    left = installation(state, newer, record, Choices(leaves_edits=True))
    assert left.left == ["rules/app.rules"]
    Journal(app).carry_out(left.changes)
    record = installed.read((app / installed.FILE).read_bytes())
    assert [one.path for one in installation(state, newer, record, Choices()).local_edits] == ["rules/app.rules"]
