"""The journal of a change: what it refuses, whoever has written it."""

import json
from pathlib import Path

import pytest

from stoker_tools.install.errors import InstallError
from stoker_tools.install.journal import FILE, FOLDER, Change, Journal

STEP = {"path": "a.txt", "old": "", "new": "0.new", "mode": 0o644}
GOOD = {"steps": [STEP], "made": [], "emptied": []}


def journal_of(app: Path, written: object) -> Journal:
    """Return a journal that a killed command could have left."""
    folder = app / FOLDER
    folder.mkdir(parents=True)
    (folder / FILE).write_text(written if isinstance(written, str) else json.dumps(written))
    (folder / "0.new").write_text("new")
    return Journal(app)


def test_a_whole_journal_is_finished(tmp_path: Path) -> None:
    assert "finished now" in journal_of(tmp_path, GOOD).finish_or_undo()
    assert (tmp_path / "a.txt").read_text() == "new"
    assert not (tmp_path / ".stoker").exists()


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("{", "is damaged"),
        ({}, "is damaged"),
        ({**GOOD, "steps": [{}]}, "is damaged"),
        ({**GOOD, "steps": [{**STEP, "new": "../../secret"}]}, "is damaged"),
        ({**GOOD, "steps": [{**STEP, "old": "/etc/passwd"}]}, "is damaged"),
        ({**GOOD, "steps": [{**STEP, "path": "../outside.txt"}]}, "lies outside of the app's folder"),
        ({**GOOD, "made": ["../outside"]}, "lies outside of the app's folder"),
        ({**GOOD, "emptied": ["/tmp"]}, "lies outside of the app's folder"),
    ],
)
def test_a_journal_that_no_command_writes_changes_nothing(tmp_path: Path, written: object, sentence: str) -> None:
    """A folder from somebody else may hold any journal, and every command looks at it."""
    app = tmp_path / "app"
    journal = journal_of(app, written)
    with pytest.raises(InstallError, match=sentence):
        journal.finish_or_undo()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["app"]
    assert not (app / "a.txt").exists()


def test_a_read_only_file_stays_read_only(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    for old, new in ((None, b"1"), (b"1", b"2"), (b"2", b"3")):
        Journal(tmp_path).carry_out([Change("a.txt", old, new)])
        file.chmod(0o444)
    assert file.read_bytes() == b"3"
    Journal(tmp_path).carry_out([Change("a.txt", b"3", b"4")])
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"4", 0o444)
