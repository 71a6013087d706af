"""`scripts/jobs`, run as a person or a script runs it."""

import contextlib
import json
import os
import pty
import re
import signal
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from google.cloud import firestore

from stoker import config
from stoker.models.settings import JobSettings
from stoker_tools.samples.user import User
from stoker_tools.setup.environment import ROOT

COMMAND = str(ROOT / "scripts" / "jobs")
HOSTILE = "\x1b[31m\x07\r\n[red]evil[/red]\u202e\x9b2J" + "x" * 5000


class Jobs:
    """A project of the test's own in the emulator, in which no function hears of anything.

    Args:
        database: Where it lies.
    """

    def __init__(self, database: firestore.Client) -> None:
        self.project = f"demo-{uuid4().hex[:12]}"
        self.firestore = firestore.Client(project=self.project, credentials=database._credentials)

    def write(self, job_id: str, **fields: Any) -> firestore.DocumentReference:
        job = {
            "id": job_id,
            "userId": "ada",
            "type": "video-processing",
            "input": {"source": "user-uploads/ada/cat.mov"},
            "status": "processing",
            "progress": 40,
            "stage": "encoding",
            "createdAt": datetime.now(UTC),
        }
        reference = self.firestore.collection(config.JOBS).document(job_id)
        reference.set({**job, **fields})
        return reference

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs the command to its end."""
        return run(*arguments, "--project", self.project)

    def json(self, *arguments: str) -> Any:
        """What the command says in JSON."""
        return json.loads(self.run(*arguments, "--json").stdout)


def run(*arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the command to its end, in this process's environment where no other is given."""
    done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True, env=environment, timeout=120)
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def jobs(database: firestore.Client) -> Jobs:
    return Jobs(database)


def on_a_terminal(*arguments: str) -> tuple[int, str]:
    """Runs the command on a terminal of 100 columns; returns its exit code and all that it wrote there."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen([COMMAND, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    written = b""
    with contextlib.suppress(OSError):  # Linux's way to say that the other end is closed
        while read := os.read(ours, 65536):
            written += read
    os.close(ours)
    return process.wait(60), written.decode()


# list, show


def test_the_newest_jobs_come_first_and_filters_narrow_them(jobs: Jobs) -> None:
    now = datetime.now(UTC)
    for age, (name, fields) in enumerate(
        {
            "newest": {"status": "failed", "errorCode": "input-empty"},
            "bobs": {"userId": "bob"},
            "sound": {"type": "audio-generation", "status": "failed"},
            "oldest": {"status": "pending"},
        }.items()
    ):
        jobs.write(name, createdAt=now - timedelta(minutes=age), **fields)

    def listed(*arguments: str) -> list[str]:
        return [job["id"] for job in jobs.json("list", *arguments)]

    assert listed() == ["newest", "bobs", "sound", "oldest"]
    assert listed("--limit", "2") == ["newest", "bobs"]
    assert listed("--user", "ada") == ["newest", "sound", "oldest"]
    assert listed("--status", "failed") == ["newest", "sound"]
    assert listed("--type", "audio-generation") == ["sound"]
    assert listed("--user", "ada", "--status", "failed", "--type", "video-processing") == ["newest"]
    done = jobs.run("list")
    lines = done.stdout.splitlines()
    assert re.split(r"\s{2,}", lines[1].strip())[:5] == ["newest", "ada", "video-processing", "failed", "40.0 %"]
    assert lines[1].rstrip().endswith("input-empty")
    assert jobs.run("list", "--user", "nobody").stdout == "No job is as you asked for.\n"


def test_show_tells_all_of_a_job(jobs: Jobs) -> None:
    output = {"files": [{"kind": "mp4", "path": "job-outputs/ada/one/video.mp4", "bytes": 7}]}
    reference = jobs.write("one", status="completed", output=output, where=firestore.GeoPoint(1, 2), raw=b"\x00\xff")
    reference.update({"self": reference, "nan": float("nan")})
    shown = jobs.json("show", "one")
    assert shown["output"] == output
    assert (shown["self"], shown["nan"], shown["raw"]) == (f"{config.JOBS}/one", "nan", "AP8=")
    assert shown["createdAt"].endswith("Z")
    missing = run("show", "nobody", "--json", "--project", jobs.project)
    assert (missing.returncode, json.loads(missing.stdout)) == (1, {"error": missing.stderr.rstrip("\n")})
    text = jobs.run("show", "one").stdout
    assert re.search(r"^status +completed$", text, re.MULTILINE)
    assert '"path": "job-outputs/ada/one/video.mp4"' in text


def test_hostile_text_does_not_reach_the_terminal(jobs: Jobs, database: firestore.Client) -> None:
    elsewhere = firestore.Client(project="another", credentials=database._credentials).document("a/b")
    evil = {"userId": HOSTILE, "stage": HOSTILE, "error": HOSTILE, "errorCode": HOSTILE, "progress": HOSTILE}
    jobs.write("evil", **evil, input={HOSTILE[:60]: HOSTILE, "deep": [HOSTILE] * 100}, note=HOSTILE)
    jobs.write("foreign", input={"source": elsewhere}, status=["no", "status"], createdAt=datetime.now(UTC))
    project = ("--project", jobs.project)
    ended = jobs.write("ended", **evil, status="failed")
    for arguments in (["list"], ["show", "evil"], ["show", "foreign"], ["watch", ended.id]):
        done = run(*arguments, *project)
        assert done.stderr == ""
        assert all(letter.isprintable() or letter == "\n" for letter in done.stdout)
        assert len(done.stdout) < 30_000
        assert json.loads(run(*arguments, *project, "--json").stdout)
        _, written = on_a_terminal(*arguments, *project)
        # What is left are the colours and the cursor of our own.
        left = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written)
        assert all(letter.isprintable() or letter in "\r\n" for letter in left)
        assert "\x1b[31m\x07" not in written
    assert "[red]evil[/red]" in jobs.run("show", "evil").stdout


def test_colours_are_for_terminals_alone(jobs: Jobs) -> None:
    jobs.write("one", status="failed")
    assert "\x1b" not in jobs.run("list").stdout
    code, written = on_a_terminal("list", "--project", jobs.project)
    assert code == 0
    assert "\x1b[31mfailed" in written


# watch


def test_watch_follows_jobs_to_their_ends(user: User, clip: Path) -> None:
    source = user.upload(clip, "video/mp4")
    good = user.write_job({"source": source})
    assert run("watch", good).stdout.splitlines()[-1] == f"{good}  100.0 %  completed"
    bad = user.write_job({"source": f"user-uploads/{user.id}/none.mp4"})
    done = run("watch", good, bad)
    assert done.returncode == 1
    assert f"{bad}    0.0 %  failed (input-not-found): There is no file" in done.stdout
    assert {job["id"]: job["status"] for job in json.loads(run("watch", good, bad, "--json").stdout)} == {
        good: "completed",
        bad: "failed",
    }


def test_watch_shows_bars_on_a_terminal(jobs: Jobs) -> None:
    jobs.write("one", status="completed", progress=100, stage="completed")
    code, written = on_a_terminal("watch", "one", "--project", jobs.project)
    assert code == 0
    assert "100.0 %" in written
    assert "━" in written
    assert "completed" in written


def test_watch_takes_all_that_is_alive_and_tells_of_what_is_deleted(jobs: Jobs) -> None:
    assert jobs.run("watch").stdout == "No job is alive and due.\n"
    jobs.write("ended", status="completed")
    first, second = jobs.write("first"), jobs.write("second", status="pending", stage="queued")
    with start("watch", "--project", jobs.project) as watching:
        seen = {line(watching), line(watching)}
        assert seen == {"first   40.0 %  encoding", "second   40.0 %  queued"}
        first.update({"progress": 70})
        assert line(watching) == "first   70.0 %  encoding"
        second.delete()
        assert line(watching) == "second    0.0 %  deleted"
        first.update({"progress": 100, "status": "completed"})
        assert line(watching) == "first  100.0 %  completed"
        assert watching.wait(30) == 1


def test_watch_does_not_wait_for_jobs_that_begin_later(jobs: Jobs) -> None:
    jobs.write("in an hour", status="pending", runAfter=datetime.now(UTC) + timedelta(hours=1))
    assert jobs.run("watch").stdout == "No job is alive and due.\n"
    now = jobs.write("now", status="pending", runAfter=datetime.now(UTC) - timedelta(hours=1))
    with start("watch", "--project", jobs.project) as watching:
        assert line(watching) == "now   40.0 %  encoding"
        now.update({"progress": 100, "status": "completed"})
        assert line(watching) == "now  100.0 %  completed"
        assert watching.wait(30) == 0
        assert watching.stderr is not None
        assert watching.stderr.read().strip() == "Not followed, because they begin later: in an hour."


def test_ctrl_c_ends_it_quietly(jobs: Jobs) -> None:
    jobs.write("one")
    with start("watch", "one", "--project", jobs.project) as watching:
        line(watching)
        watching.send_signal(signal.SIGINT)
        assert watching.wait(30) == 128 + signal.SIGINT
        assert watching.stderr is not None
        assert watching.stderr.read().strip() == ""


def start(*arguments: str) -> subprocess.Popen[str]:
    """Starts the command."""
    return subprocess.Popen([COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def line(process: subprocess.Popen[str]) -> str:
    """The next line that it prints."""
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


# cancel, retry


def test_cancel_asks_for_the_end_of_those_that_are_alive(jobs: Jobs) -> None:
    alive, ended = jobs.write("alive"), jobs.write("ended", status="completed")
    done = jobs.run("cancel", "alive", "ended", "none")
    assert done.returncode == 1
    assert done.stdout == "alive will stop.\n"
    assert "The job ended can't be cancelled, because it has ended: it is completed." in done.stderr
    assert "There is no job none." in done.stderr
    assert alive.get().get("cancelRequested") is True
    assert "cancelRequested" not in (ended.get().to_dict() or {})
    results = jobs.json("cancel", "alive", "ended")
    assert [(one["id"], one["done"], one.get("errorCode")) for one in results] == [
        ("alive", True, None),
        ("ended", False, "not-cancellable"),
    ]


def test_retry_runs_a_job_again(user: User, clip: Path) -> None:
    job_id = user.write_job({"source": f"user-uploads/{user.id}/clip.mp4", "outputs": [{"kind": "poster"}]})
    assert user.result(job_id)["status"] == "failed"
    user.upload(clip, "video/mp4")
    done = run("retry", job_id)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{job_id} is pending again.\n", "")
    assert user.result(job_id)["status"] == "completed"
    done = run("retry", job_id)
    assert (done.returncode, done.stdout) == (1, "")
    assert "nothing of it has failed" in done.stderr


def test_a_retry_that_can_not_be_queued_from_here_is_left_to_the_sweeper(jobs: Jobs) -> None:
    reference = jobs.write("one", status="failed")
    done = run(
        "retry",
        "one",
        "--project",
        jobs.project,
        environment={**os.environ, "CLOUD_TASKS_EMULATOR_HOST": "127.0.0.1:1"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "the sweeper will queue it, within two minutes" in done.stdout
    job = reference.get().to_dict() or {}
    assert job["status"] == "pending"
    assert job["runAfter"] <= datetime.now(UTC)


# pause, resume, limits


def test_pauses_and_limits_are_written_beside_what_is_there(jobs: Jobs) -> None:
    settings = jobs.firestore.collection(config.ADMIN_DATA).document(config.JOB_SETTINGS)
    assert jobs.json("limits") == JobSettings().model_dump(by_alias=True, exclude={"schema_version"})
    assert not settings.get().exists
    settings.set({"note": "of the admin's"})
    for _ in range(2):
        assert jobs.json("pause", "video-processing")["paused"] == ["video-processing"]
    assert jobs.json("pause", "audio-generation")["paused"] == ["video-processing", "audio-generation"]
    assert jobs.json("limits", "--at-once", "3")["userLimits"]["atOnce"] == 3
    limits = jobs.json("limits", "--a-day", "20")["userLimits"]
    assert (limits["atOnce"], limits["aDay"]) == (3, 20)
    assert jobs.json("resume", "video-processing")["paused"] == ["audio-generation"]
    assert jobs.json("limits", "--at-once", "none")["userLimits"]["atOnce"] is None
    assert settings.get().to_dict() == {
        "note": "of the admin's",
        "paused": ["audio-generation"],
        "userLimits": {"atOnce": None, "aDay": 20},
    }
    shown = jobs.run("limits").stdout.splitlines()
    assert shown == [
        "paused       audio-generation",
        "at once      no limit",
        "a day        20",
        "work a day   1440 min",
        "media a day  1440 min",
        "files a day  100 GiB",
        "storage      100 GiB",
        "new users    in the first 24 h 3 at once, 100 a day",
    ]


def test_settings_that_are_not_as_they_must_be_are_named(jobs: Jobs) -> None:
    jobs.firestore.collection(config.ADMIN_DATA).document(config.JOB_SETTINGS).set({"userLimits": {"atOnce": -1}})
    done = jobs.run("limits")
    assert done.returncode == 1
    assert (
        "adminData/jobs is not as it must be, so that workers keep what they knew of it: userLimits.atOnce"
        in done.stderr
    )
    assert jobs.run("limits", "--at-once", "2").returncode == 0


# What a user may get wrong


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "required: COMMAND"),
        (["destroy"], "invalid choice: 'destroy'"),
        (["show"], "required: ID"),
        (["cancel"], "required: ID"),
        (["list", "--status", "lost"], "there is no status 'lost': choose from pending"),
        (["list", "--type", "video"], "there is no type 'video': choose from video-processing"),
        (["list", "--limit", "0"], "'0' is not a number from 1 to 1000"),
        (["list", "--limit", "many"], "'many' is not a number from 1 to 1000"),
        (["pause", "video"], "there is no type 'video'"),
        (["limits", "--at-once", "0"], "'0' is neither a number"),
        (["limits", "--a-day", "-3"], "argument --a-day"),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_named(arguments: list[str], said: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


@pytest.mark.parametrize(
    ("command", "job_id"),
    [("show", "none"), ("show", ""), ("watch", "a/b"), ("cancel", "\x1b[31m"), ("retry", "none"), ("delete", "none")],
)
def test_an_unknown_job_is_named(jobs: Jobs, command: str, job_id: str) -> None:
    done = jobs.run(command, job_id)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("There is no job ")
    assert "\x1b" not in done.stderr


def without_suite(home: Path) -> dict[str, str]:
    """A shell in which no suite, no cloud and nobody's login is known."""
    hidden = ("_EMULATOR_HOST", "_EMULATOR_HUB", "FIREBASE_CONFIG", "GOOGLE_APPLICATION_CREDENTIALS", "GCLOUD_PROJECT")
    kept = {name: value for name, value in os.environ.items() if not name.endswith(hidden)}
    return kept | {"HOME": str(home), "CLOUDSDK_CONFIG": str(home), "NO_GCE_CHECK": "true"}


def test_without_credentials_it_says_how_to_get_some(tmp_path: Path) -> None:
    done = run("list", "--project", "my-project", environment=without_suite(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert "run `gcloud auth application-default login`" in done.stderr


def test_a_demo_project_is_not_looked_for_in_production(tmp_path: Path) -> None:
    done = run("list", environment=without_suite(tmp_path))
    assert done.returncode == 1
    assert "add --emulator" in done.stderr


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("jobs list --status lost", "there is no status 'lost'"),
        ("jobs pause video", "there is no type 'video'"),
        ("roles set x emperor", "role: must be 'user', 'admin' or 'moderator'"),
        ("roles set x user --permission everything", "permissions[0]: "),
        ("analytics report A", "no event can have the name 'A'"),
        ("analytics report --top --in soon", "'soon' is no hour, day or month"),
    ],
)
def test_a_wrong_command_line_is_named_before_a_missing_project(tmp_path: Path, command: str, said: str) -> None:
    script, *arguments = command.split()
    words = [str(ROOT / "scripts" / script), *arguments]
    done = subprocess.run(words, env=without_suite(tmp_path), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in (1, 2)
    assert said in done.stderr
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
