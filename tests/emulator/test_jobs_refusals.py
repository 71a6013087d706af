"""`stoker jobs`, and the other commands, if a user gets something wrong."""

import os
import subprocess
from pathlib import Path

import pytest
from google.cloud import firestore

from emulator.jobs_command import COMMAND, Jobs, run, without_suite
from stoker_tools.setup.environment import ROOT


@pytest.fixture
def jobs(database: firestore.Client) -> Jobs:
    return Jobs(database)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "required: COMMAND"),
        (["destroy"], "invalid choice: 'destroy'"),
        (["show"], "required: ID"),
        (["cancel"], "required: ID"),
        (["list", "--status", "lost"], "there is no status 'lost': choose from pending"),
        (["list", "--type", "video"], "there is no type 'video': choose from video-processing"),
        (["list", "--limit", "0"], "'0' is not a number from 1 to 1,000"),
        (["list", "--limit", "many"], "'many' is not a number from 1 to 1,000"),
        (["pause", "video"], "there is no type 'video'"),
        (["limits", "--at-once", "0"], "'0' is neither a number"),
        (["limits", "--a-day", "-3"], "argument --a-day"),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_named(arguments: list[str], message: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


@pytest.mark.parametrize(
    ("command", "job_id"),
    [("show", "none"), ("show", ""), ("watch", "a/b"), ("cancel", "\x1b[31m"), ("retry", "none"), ("delete", "none")],
)
def test_an_unknown_job_is_named(jobs: Jobs, command: str, job_id: str) -> None:
    done = jobs.run(command, job_id)
    assert (done.returncode, done.stdout) == (10, "")
    assert done.stderr.startswith("There is no job ")
    assert "\x1b" not in done.stderr


def test_without_credentials_it_says_how_to_get_some(tmp_path: Path) -> None:
    done = run("list", "--project", "my-project", environment=without_suite(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert "run `npx firebase-tools login`" in done.stderr


def test_a_demo_project_is_not_looked_for_in_production(tmp_path: Path) -> None:
    done = run("list", environment=without_suite(tmp_path))
    assert done.returncode == 1
    assert "add --emulator" in done.stderr


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("jobs list --status lost", "there is no status 'lost'"),
        ("jobs pause video", "there is no type 'video'"),
        ("roles set x emperor", "role: must be 'user', 'admin' or 'moderator'"),
        ("roles set x user --permission everything", "permissions[0]: "),
        ("analytics report A", "no event can have the name 'A'"),
        ("analytics report --top --in soon", "'soon' is not an hour, a day or a month"),
    ],
)
def test_a_wrong_command_line_is_named_before_a_missing_project(tmp_path: Path, command: str, message: str) -> None:
    script, *arguments = command.split()
    words = [str(ROOT / "scripts" / script), *arguments]
    done = subprocess.run(words, env=without_suite(tmp_path), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert message in done.stderr
    assert "project" not in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("to", [">&-", ">/dev/full"])
@pytest.mark.parametrize("command", ["list", "list --json", "limits"])
def test_a_list_that_can_not_be_written_is_an_error(jobs: Jobs, command: str, to: str) -> None:
    jobs.write("one")
    shell = f"{COMMAND} {command} --project {jobs.project} {to}"
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("The output can't be written: ")


def test_an_emulator_that_is_not_there_is_named() -> None:
    done = run("list", environment={**os.environ, "FIRESTORE_EMULATOR_HOST": "127.0.0.1:1"})
    assert done.returncode == 1
    assert done.stderr == "No Firestore emulator answers at 127.0.0.1:1: start one with scripts/emulators.\n"


@pytest.mark.parametrize("command", ["", "list", "show", "watch", "cancel", "retry", "pause", "resume", "limits"])
def test_help_has_examples(command: str) -> None:
    done = run(*([command] if command else []), "--help")
    assert done.returncode == 0
    assert f"examples:\n  scripts/jobs {command}" in done.stdout


def test_a_reader_who_has_seen_enough_is_no_error(jobs: Jobs) -> None:
    for number in range(30):
        jobs.write(f"job-{number}")
    shell = f"{COMMAND} list --json --project {jobs.project} | head -1"
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("[\n", "")
